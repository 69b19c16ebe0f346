package dev.rivulet.internal.retention;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompletedTraceTest {

    @Test
    void addsTheCallsOfCallbacksAfterTheFailingOne() {
        JsonObject recorded = JsonParser.parseString("""
                {"runs": [{
                  "callbacks": [{"tag": "a"}, {"monitor": "nope", "tag": "b"}, {"tag": "c"}],
                  "trace": [
                    {"cb": "a", "hook": "on_train_epoch_end", "epoch": 0},
                    {"cb": "b", "hook": "on_train_epoch_end", "epoch": 0},
                    {"cb": "a", "hook": "on_exception", "epoch": 0}],
                  "expected": {"error": "could not find the monitored key in the returned metrics"}}]}
                """).getAsJsonObject();
        assertThat(calls(CompletedTrace.of(recorded)))
                .containsExactly(
                        "a on_train_epoch_end", "b on_train_epoch_end", "c on_train_epoch_end", "a on_exception");
    }

    private static List<String> calls(JsonObject json) {
        return json.getAsJsonArray("runs").get(0).getAsJsonObject().getAsJsonArray("trace").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .map(call ->
                        call.get("cb").getAsString() + " " + call.get("hook").getAsString())
                .toList();
    }
}

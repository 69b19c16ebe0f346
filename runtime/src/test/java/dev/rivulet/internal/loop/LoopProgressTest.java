package dev.rivulet.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.internal.loop.LoopProgress.Batches;
import dev.rivulet.internal.loop.LoopProgress.Epochs;
import dev.rivulet.internal.loop.LoopProgress.Position;
import dev.rivulet.internal.loop.LoopProgress.Validation;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LoopProgressTest {
    private static LoopProgress at(Position position) {
        return new LoopProgress(
                position,
                1L << 40,
                new Epochs(3, 4),
                new Batches(-1, true, Long.MAX_VALUE, 1L << 41),
                new Validation(false, true),
                true);
    }

    @ParameterizedTest
    @EnumSource
    void entriesRestoreEveryField(Position position) {
        assertThat(LoopProgress.fromEntries(at(position).toEntries())).isEqualTo(at(position));
    }

    @ParameterizedTest
    @CsvSource({"place", "epoch", "epochs_ended", "global_step", "batch_index", "total_batches", "last_batch"})
    void namesMissingEntries(String name) {
        Map<String, @Nullable Object> entries = at(Position.BATCH_END).toEntries();
        entries.remove(name);

        assertThatThrownBy(() -> LoopProgress.fromEntries(entries))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "The progress of the training loop has no \"" + name + "\"; resume from another checkpoint.");
    }

    @Test
    void showsMalformedEntries() {
        Map<String, @Nullable Object> entries =
                new LinkedHashMap<>(at(Position.BATCH_END).toEntries());
        entries.put("batch_index", -2L);

        assertThatThrownBy(() -> LoopProgress.fromEntries(entries)).hasMessageContaining("has \"batch_index\" = -2;");
    }
}

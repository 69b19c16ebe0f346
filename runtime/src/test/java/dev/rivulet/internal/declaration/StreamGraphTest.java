package dev.rivulet.internal.declaration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.annotations.SaveLast;
import dev.rivulet.policy.FilenameStyle;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.StreamDeclaration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamGraphTest {
    private static final StreamPolicy DEFAULT = StreamPolicy.builder().build();
    private static final Map<String, UnaryOperator<StreamPolicy.Builder>> UNCHANGED = Map.of();

    private static StreamDeclaration derived(String name, String from) {
        return StreamDeclaration.derived(name, from, Execution.STATIC, "Module#" + name, DEFAULT);
    }

    private static Map<String, StreamDeclaration> declared(StreamDeclaration... streams) {
        Map<String, StreamDeclaration> declared = new LinkedHashMap<>();
        List.of(streams).forEach(stream -> declared.put(stream.name(), stream));
        return declared;
    }

    private static List<String> order(StreamGraph graph) {
        return graph.streams().stream().map(StreamDeclaration::name).toList();
    }

    @Test
    void alwaysContainsTheOriginal() {
        assertThat(order(StreamGraph.of(Map.of(), UNCHANGED))).containsExactly("original");
    }

    @Test
    void ordersSourcesBeforeDerivedStreams() {
        StreamGraph graph = StreamGraph.of(
                declared(
                        derived("int8", "half"),
                        derived("half", "averaged"),
                        derived("averaged", "original"),
                        derived("swapped", "hourly"),
                        StreamDeclaration.untransformed("hourly", DEFAULT)),
                UNCHANGED);

        assertThat(order(graph)).containsExactly("original", "hourly", "averaged", "half", "int8", "swapped");
    }

    @Test
    void refusesACycle() {
        assertThatThrownBy(() ->
                        StreamGraph.of(declared(derived("a", "c"), derived("b", "a"), derived("c", "b")), UNCHANGED))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("The streams [a, c, b] form a cycle; derive one of them from \"original\".");
    }

    @Test
    void refusesAStreamDerivedFromItself() {
        assertThatThrownBy(() -> StreamGraph.of(declared(derived("a", "a")), UNCHANGED))
                .hasMessageStartingWith("The streams [a] form a cycle");
    }

    @ParameterizedTest
    @CsvSource({"avreaged, '; did you mean \"averaged\"?'", "ema, ', only [original, averaged, half].'"})
    void refusesAnUnknownSource(String source, String suggestion) {
        assertThatThrownBy(() ->
                        StreamGraph.of(declared(derived("averaged", "original"), derived("half", source)), UNCHANGED))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("The source of the stream \"half\": there is no stream \"" + source + "\"" + suggestion);
    }

    @Test
    void refusesStreamsThatWriteTheSameFiles() {
        assertThatThrownBy(() -> StreamGraph.of(
                        declared(derived("a", "original"), derived("b", "original")),
                        Map.of("a", policy -> policy.filename("{epoch}"), "b", policy -> policy.filename("{epoch}"))))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "\"a\"",
                        "\"b\"",
                        "would write the same files \"{epoch}\"",
                        "another filename, name of last or dirpath");
    }

    @Test
    void allowsTheSameNamesInSeveralDirectories() {
        StreamGraph graph = StreamGraph.of(
                declared(derived("a", "original"), derived("b", "original")),
                Map.of(
                        "a", policy -> policy.filename("{epoch}").dirpath("a"),
                        "b", policy -> policy.filename("{epoch}").dirpath("b")));

        assertThat(order(graph)).containsExactly("original", "a", "b");
    }

    @Test
    void appliesChangesToDeclaredPolicies() {
        StreamDeclaration declared = StreamDeclaration.derived(
                "a",
                "original",
                Execution.STATIC,
                "Module#a",
                StreamPolicy.builder().monitor("val_loss").saveTopK(3).build());

        StreamPolicy policy = StreamGraph.of(declared(declared), Map.of("a", change -> change.saveTopK(5))).stream("a")
                .policy();

        assertThat(policy.saveTopK()).isEqualTo(5);
        assertThat(policy.monitor()).hasValue("val_loss");
    }

    @Test
    void addsAStreamOfUntransformedWeights() {
        StreamGraph graph = StreamGraph.of(
                declared(derived("averaged", "original")), Map.of("hourly", policy -> policy.trainTimeInterval("1h")));

        assertThat(order(graph)).containsExactly("original", "hourly", "averaged");
        assertThat(graph.stream("hourly").transform()).isEmpty();
    }

    @Test
    void treatsAnAddedNameCloseToADeclaredOneAsATypo() {
        assertThatThrownBy(() -> StreamGraph.of(
                        declared(derived("averaged", "original")), Map.of("averagd", policy -> policy.saveTopK(1))))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no stream \"averagd\"; did you mean \"averaged\"?");
    }

    @ParameterizedTest
    @CsvSource({
        "last, is the name of the newest or best checkpoint",
        "'../up', must start with a letter",
        "a/b, use letters"
    })
    void refusesIllegalNames(String name, String problem) {
        assertThatThrownBy(() -> StreamGraph.of(Map.of(), Map.of(name, policy -> policy)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("\"" + name + "\"", problem);
    }

    @Test
    void refusesAPolicyThatIsInvalidForItsStream() {
        assertThatThrownBy(() -> StreamGraph.of(Map.of(), Map.of("original", policy -> policy.saveTopK(3))))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "The policy of the stream \"original\"",
                        "[SaveTopKWithoutMonitor]",
                        "add one, such as monitor");
    }

    @Test
    void prefixesLastWithTheStreamNameExceptForTheOriginal() {
        StreamGraph graph = StreamGraph.of(
                declared(derived("averaged", "original"), styled("own", FilenameStyle.DEFAULT.withLast("newest"))),
                Map.of(
                        "averaged", policy -> policy.saveLast(SaveLast.COPY).autoInsertMetricName(false),
                        "hourly", policy -> policy.saveLast(SaveLast.LINK)));

        assertThat(last(graph, "original")).isEqualTo("last");
        assertThat(last(graph, "averaged")).isEqualTo("averaged-last");
        assertThat(last(graph, "own")).isEqualTo("newest");
        assertThat(last(graph, "hourly")).isEqualTo("hourly-last");
    }

    private static StreamDeclaration styled(String name, FilenameStyle style) {
        return StreamDeclaration.untransformed(
                name, StreamPolicy.builder().filenameStyle(style).build());
    }

    private static String last(StreamGraph graph, String stream) {
        return graph.stream(stream).policy().lastTemplate().toString();
    }
}

package dev.rivulet.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilenameTemplateTest {
    private static final MetricValues METRICS = MetricValues.of(Map.of(
            "epoch", 3, "step", 42, "val_loss", 0.123456, "val/loss", 0.25, "mAP@0.50", 0.2, "f", (double) 0.9f));

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "{epoch}-{step},epoch=3-step=42",
                "{epoch:02d}-{val_loss:.3f},epoch=03-val_loss=0.123",
                "{epoch}-{val/loss:.2f},epoch=3-val/loss=0.25",
                "{mAP@0.50:.4f},mAP@0.50=0.2000",
                "{f},f=0.8999999761581421",
                "{nope},nope=0",
                "{nope:.2f},nope=0.00",
                "{nope:.2},nope=0.0",
                "{epoch!r},epoch!r=0",
                "model,model"
            })
    void templatesReadAsInLightning(String template, String name) {
        assertThat(FilenameTemplate.parse(template).format(METRICS)).isEqualTo(name);
    }

    @Test
    void namesOfMetricsAreLeftOutOnDemand() {
        FilenameStyle style = FilenameStyle.DEFAULT.withAutoInsertMetricName(false);
        assertThat(FilenameTemplate.parse("e{epoch}-l{val/loss:.2f}", style).format(METRICS))
                .isEqualTo("e3-l0.25");
    }

    @Test
    void loggedEpochIsCutToAnInteger() {
        assertThat(FilenameTemplate.parse("{epoch}").format(MetricValues.of(Map.of("epoch", 2.9))))
                .isEqualTo("epoch=2");
    }

    @Test
    void joinAndEqualsCharactersAreTheStyles() {
        FilenameStyle style = new FilenameStyle("@", ":=", "last", "best", 1, true);
        assertThat(FilenameTemplate.parse("{epoch}", style).format(METRICS)).isEqualTo("epoch:=3");
        assertThat(style.prefixed("test", "m")).isEqualTo("test@m");
        assertThat(style.versioned("m", 3)).isEqualTo("m@v3");
    }

    @ParameterizedTest
    @CsvSource({
        "{{x}}-{epoch},1",
        "a{}b,2",
        "a{:d},2",
        "{epoch,0",
        "a}b,1",
        "{epoch:.3q},9",
        "{val_loss:s},10",
        "{v:d},3",
        "{epoch:.2},7",
        "{epoch:c},7",
        "{epoch:{w}},7",
        "{0},1",
        "{epoch:/>5},7"
    })
    void malformedTemplatesAreRefusedWithThePosition(String template, int position) {
        TemplateSyntaxException refusal =
                catchThrowableOfType(TemplateSyntaxException.class, () -> FilenameTemplate.parse(template));
        assertThat(refusal).isNotNull();
        assertThat(refusal.position()).isEqualTo(position);
        assertThat(refusal).hasMessageContaining(template).hasMessageContaining("column " + (position + 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../m",
                "a/../b",
                "/m",
                "C:m",
                "a\\b",
                "a\nb",
                "a\0b",
                "a//b",
                "m/",
                "./m",
                "{../x}",
                ".rivulet/m",
                "\ud800",
                "file://m",
                ""
            })
    void whatMayLeadOutsideTheDirectoryIsRefused(String template) {
        assertThatThrownBy(() -> FilenameTemplate.parse(template)).isInstanceOf(TemplateSyntaxException.class);
    }

    @Test
    void knowsTheMetricsThatItNames() {
        assertThat(FilenameTemplate.parse("{epoch}-{val/loss:.2f}").metrics()).containsExactly("epoch", "val/loss");
    }
}

package dev.rivulet.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.annotations.OnFailure;
import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamPolicyTest {

    @Test
    void savesEveryEpochByDefault() {
        assertThat(StreamPolicy.builder().build().trigger()).isEqualTo(new SaveTrigger.Epochs(1));
    }

    @Test
    void aTriggerSwitchedOffCountsAsGiven() {
        assertThat(StreamPolicy.builder().everyNTrainSteps(0).build().trigger()).isEqualTo(new SaveTrigger.Never());
        assertThat(StreamPolicy.builder().everyNEpochs(0).build().trigger()).isEqualTo(new SaveTrigger.Never());
    }

    @Test
    void twoActiveTriggersContradictEachOther() {
        StreamPolicy.Builder policy = StreamPolicy.builder().everyNEpochs(2).trainTimeInterval("1m");
        assertThat(policy.violations()).singleElement().satisfies(violation -> {
            assertThat(violation.rule()).isEqualTo(PolicyRule.CONTRADICTORY_TRIGGERS);
            assertThat(violation.attribute()).isEqualTo("trainTimeInterval");
            assertThat(violation.message())
                    .startsWith("everyNEpochs = 2 and trainTimeInterval = \"1m\" exclude each other");
        });
    }

    @Test
    void anyTriggerLetsSeveralMakeASaveDue() {
        StreamPolicy.Builder policy =
                StreamPolicy.builder().everyNTrainSteps(5).everyNEpochs(2).trainTimeInterval("1m");
        assertThat(policy.anyTrigger(true).build().trigger())
                .isEqualTo(new SaveTrigger.Any(List.of(
                        new SaveTrigger.Steps(5),
                        new SaveTrigger.Epochs(2),
                        new SaveTrigger.Interval(Duration.ofMinutes(1)))));
        assertThat(policy.everyNEpochs(0).trainTimeInterval("").build().trigger())
                .isEqualTo(new SaveTrigger.Steps(5));
    }

    @Test
    void aTriggerIsOverriddenByUnsettingTheOther() {
        StreamPolicy declared = StreamPolicy.builder().trainTimeInterval("1m").build();
        StreamPolicy overridden =
                declared.toBuilder().trainTimeInterval("").everyNTrainSteps(5).build();
        assertThat(overridden.trigger()).isEqualTo(new SaveTrigger.Steps(5));
        assertThat(overridden.toBuilder()
                        .everyNTrainSteps(CheckpointStream.UNSET)
                        .build()
                        .trigger())
                .isEqualTo(new SaveTrigger.Epochs(1));
    }

    @Test
    void violationsComeInTheOrderOfLightningsChecks() {
        StreamPolicy.Builder policy = StreamPolicy.builder()
                .dirpath("../elsewhere")
                .filename("{")
                .trainTimeInterval("soon")
                .everyNTrainSteps(-1)
                .everyNEpochs(1)
                .saveTopK(-2);
        assertThat(policy.violations())
                .extracting(PolicyViolation::rule)
                .containsExactly(
                        PolicyRule.BAD_SAVE_TOP_K,
                        PolicyRule.NEGATIVE_INTERVAL,
                        PolicyRule.CONTRADICTORY_TRIGGERS,
                        PolicyRule.BAD_DURATION,
                        PolicyRule.BAD_FILENAME_TEMPLATE,
                        PolicyRule.BAD_DIRPATH);
        assertThatThrownBy(policy::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[BadSaveTopK] saveTopK = -2 is below -1")
                .hasMessageContaining("[BadDirpath]");
    }

    @Test
    void keepingTheBestOfSeveralNeedsAMonitor() {
        assertThat(StreamPolicy.builder().saveTopK(2).violations())
                .extracting(PolicyViolation::rule)
                .containsExactly(PolicyRule.SAVE_TOP_K_WITHOUT_MONITOR);
        assertThat(StreamPolicy.builder().saveTopK(-1).violations()).isEmpty();
        assertThat(StreamPolicy.builder().saveTopK(2).monitor("loss").violations())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "30s,PT30S",
        "15m,PT15M",
        "1h30m,PT1H30M",
        "1h 30m,PT1H30M",
        "1d,PT24H",
        "PT15M,PT15M",
        "0s,PT0S",
        "PT0.5S,PT0.5S"
    })
    void durationsAreReadAsUsersWriteThem(String written, Duration duration) {
        assertThat(StreamPolicy.builder().trainTimeInterval(written).build().trigger())
                .isEqualTo(new SaveTrigger.Interval(duration));
    }

    @ParameterizedTest
    @ValueSource(strings = {"15", "m15", "1m1h", "-PT5S", "soon", "1.5h", " ", "999999999d"})
    void otherDurationsAreRefused(String written) {
        assertThat(StreamPolicy.builder().trainTimeInterval(written).violations())
                .extracting(PolicyViolation::rule)
                .containsExactly(PolicyRule.BAD_DURATION);
    }

    @Test
    void namingTheBestNeedsAMonitorAndAKeptCheckpoint() {
        StreamPolicy.Builder policy =
                StreamPolicy.builder().saveBest(SaveBest.LINK).saveTopK(0);
        assertThat(policy.violations())
                .extracting(PolicyViolation::rule)
                .containsExactly(PolicyRule.SAVE_BEST_WITHOUT_MONITOR, PolicyRule.SAVE_BEST_WITHOUT_TOP_K);
        assertThat(policy.violations().get(0).message())
                .startsWith("saveBest = LINK needs a monitor")
                .endsWith("name the newest with saveLast = LINK.");
        assertThat(policy.monitor("loss").saveTopK(1).violations()).isEmpty();
    }

    @Test
    void aPolicyThatKeepsNothingNeverSaves() {
        StreamPolicy.Builder policy = StreamPolicy.builder().saveTopK(0);
        assertThat(policy.build().neverSaves()).isTrue();
        assertThat(StreamPolicy.builder().everyNEpochs(0).build().neverSaves()).isTrue();
        assertThat(policy.keepLast(3).build().neverSaves()).isFalse();
        assertThat(policy.keepLast(0).keepEveryNth(10).build().neverSaves()).isFalse();
        assertThat(policy.keepEveryNth(0).saveLast(SaveLast.COPY).build().neverSaves())
                .isFalse();
        assertThat(policy.saveLast(SaveLast.OFF).saveOnException(true).build().neverSaves())
                .isFalse();
    }

    @Test
    void theNumberOfOtherKeptCheckpointsIsNotNegative() {
        assertThat(StreamPolicy.builder().keepLast(-1).keepEveryNth(-1).violations())
                .extracting(PolicyViolation::rule, PolicyViolation::attribute)
                .containsExactly(
                        tuple(PolicyRule.BAD_KEEP_LAST, "keepLast"),
                        tuple(PolicyRule.NEGATIVE_INTERVAL, "keepEveryNth"));
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "0B,0",
        "7B,7",
        "500MB,500000000",
        "500 MB,500000000",
        "10GB,10000000000",
        "2kB,2000",
        "2KiB,2048",
        "1.5GiB,1610612736",
        "0.1B,1",
        "8388607TiB,9223370937343148032"
    })
    void sizesAreReadAsUsersWriteThem(String written, long bytes) {
        assertThat(StreamPolicy.builder().maxTotalBytes(written).build().maxTotalBytes())
                .isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "GB", "-1GB", "1,5GB", "10Gb", "iB", "1XB", " ", "8388608TiB", "1e3B"})
    void otherSizesAreRefused(String written) {
        assertThat(StreamPolicy.builder().maxTotalBytes(written).violations())
                .extracting(PolicyViolation::rule)
                .containsExactly(PolicyRule.BAD_BYTE_SIZE);
    }

    @Test
    void anEmptySizeRemovesTheLimit() {
        StreamPolicy limited = StreamPolicy.builder().maxTotalBytes("1GB").build();
        assertThat(limited.toBuilder().maxTotalBytes("").build().maxTotalBytes())
                .isZero();
    }

    @Test
    void filesAreNamedForTheirStreamByDefault() {
        assertThat(StreamPolicy.builder()
                        .build()
                        .filenameOf("ema")
                        .format(MetricValues.of(Map.of("epoch", 1, "step", 20))))
                .isEqualTo("ema-epoch=1-step=20");
    }

    @Test
    void policySurvivesItsBuilder() {
        StreamPolicy policy = StreamPolicy.builder()
                .dirpath("d")
                .filename("{epoch}-{v:.2f}")
                .autoInsertMetricName(false)
                .monitor("v")
                .saveTopK(3)
                .keepLast(2)
                .keepEveryNth(10)
                .maxTotalBytes("10GB")
                .saveBest(SaveBest.COPY)
                .everyNEpochs(1)
                .trainTimeInterval(Duration.ofMinutes(90))
                .anyTrigger(true)
                .onFailure(OnFailure.CONTINUE)
                .format(CheckpointFormat.SAFETENSORS)
                .build();
        assertThat(policy.toBuilder().build()).isEqualTo(policy);
    }
}

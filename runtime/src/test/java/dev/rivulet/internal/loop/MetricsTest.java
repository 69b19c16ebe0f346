package dev.rivulet.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private final Metrics metrics = new Metrics();

    @Test
    void keepsTheNewestValue() {
        metrics.set("loss", 2);
        metrics.set("accuracy", 0.5);
        metrics.set("loss", 1);

        assertThat(metrics.toMap()).containsExactly(entry("loss", 1.0), entry("accuracy", 0.5));
    }

    @Test
    void roundsToSinglePrecision() {
        metrics.set("loss", 0.1);

        assertThat(metrics.get("loss")).isEqualTo(0.10000000149011612);
    }

    @Test
    void averagesOverRecordsNotOverBatches() {
        metrics.accumulate(true, "val_loss", 1, 3);
        metrics.accumulate(true, "val_loss", 5, 1);
        assertThat(metrics.has("val_loss")).isFalse();

        metrics.reduce(true);

        assertThat(metrics.get("val_loss")).isEqualTo(2);
    }

    @Test
    void keepsEpochMeansDuringValidations() {
        metrics.accumulate(false, "train_mean", 1, 1);
        metrics.accumulate(true, "val_loss", 7, 1);
        metrics.reduce(true);
        metrics.accumulate(false, "train_mean", 3, 1);
        metrics.reduce(false);

        assertThat(metrics.toMap()).containsExactly(entry("val_loss", 7.0), entry("train_mean", 2.0));
    }

    @Test
    void resetsMeansAfterEachValidation() {
        metrics.accumulate(true, "val_loss", 1, 1);
        metrics.reduce(true);
        metrics.accumulate(true, "val_loss", 3, 1);
        metrics.reduce(true);

        assertThat(metrics.get("val_loss")).isEqualTo(3);
    }

    @Test
    void treatsNaNAsAnyOtherValue() {
        metrics.accumulate(true, "val_loss", Double.NaN, 1);
        metrics.accumulate(true, "val_loss", 1, 1);
        metrics.reduce(true);

        assertThat(metrics.get("val_loss")).isNaN();
    }

    @Test
    void listsLoggedMetricsWhenOneIsMissing() {
        metrics.set("loss", 1);

        assertThatExceptionOfType(NoSuchElementException.class)
                .isThrownBy(() -> metrics.get("val_loss"))
                .withMessage("No metric named \"val_loss\" was logged, only [loss]");
    }

    @Test
    void hasNoMetricsAfterClear() {
        metrics.set("loss", 1);
        metrics.accumulate(true, "val_loss", 1, 1);

        metrics.clear();
        metrics.reduce(true);

        assertThat(metrics.toMap()).isEmpty();
    }
}

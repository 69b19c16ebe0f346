package dev.rivulet.internal.optim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TorchOptimizersTest {

    private static Map<String, Object> state(String options, String keys) {
        Map<String, Object> group = new HashMap<>();
        List.of(options.split(" ")).forEach(option -> group.put(option, 0.0));
        Map<String, Object> entry = new HashMap<>();
        List.of(keys.split(" ")).forEach(key -> entry.put(key, 1.0));
        return Map.of("state", Map.of(0L, entry), "param_groups", List.of(group));
    }

    private static Map<String, Object> adam(double weightDecay, Object decoupled) {
        Map<String, Object> group = new HashMap<>(Map.of("betas", List.of(0.9, 0.999), "amsgrad", false));
        group.put("weight_decay", weightDecay);
        if (decoupled instanceof Boolean) {
            group.put("decoupled_weight_decay", decoupled);
        }
        return Map.of("state", Map.of(), "param_groups", List.of(group));
    }

    /** The keys that PyTorch 2.13 saves. */
    @ParameterizedTest
    @CsvSource({
        "SGD, lr momentum dampening weight_decay nesterov maximize foreach differentiable fused, momentum_buffer",
        "RMSprop, lr momentum alpha eps centered weight_decay capturable foreach maximize, step square_avg",
        "Adagrad, lr lr_decay eps weight_decay initial_accumulator_value foreach maximize, step sum",
        "Adadelta, lr rho eps weight_decay foreach maximize capturable, step square_avg acc_delta",
        "Adamax, lr betas eps weight_decay foreach maximize, step exp_avg exp_inf",
        "NAdam, lr betas eps weight_decay momentum_decay decoupled_weight_decay, step mu_product exp_avg exp_avg_sq",
        "RAdam, lr betas eps weight_decay maximize foreach decoupled_weight_decay, step exp_avg exp_avg_sq",
        "ASGD, lr lambd alpha t0 weight_decay foreach, step eta mu ax",
        "Rprop, lr etas step_sizes foreach maximize, step prev step_size"
    })
    void namesTheOptimizerOfAState(String name, String options, String keys) {
        Map<String, Object> state = state(options, keys);

        assertThat(TorchOptimizers.nameOf(state)).contains(name);
        assertThat(TorchOptimizers.fits(name, state)).isTrue();
        assertThat(TorchOptimizers.fits("Adam", state)).isFalse();
    }

    @Test
    void distinguishesAdamFromAdamW() {
        assertThat(TorchOptimizers.nameOf(adam(0.01, true))).contains("AdamW");
        assertThat(TorchOptimizers.nameOf(adam(0.01, false))).contains("Adam");
        assertThat(TorchOptimizers.fits("Adam", adam(0.01, true))).isFalse();
        assertThat(TorchOptimizers.fits("AdamW", adam(0.01, false))).isFalse();
    }

    /** PyTorch before 2.7 saved the same keys for both; without weight decay they take the same steps. */
    @Test
    void doesNotGuessWhichAdamDecaysTheWeights() {
        assertThat(TorchOptimizers.nameOf(adam(0.01, "absent"))).contains("Adam or AdamW");
        assertThat(TorchOptimizers.fits("Adam", adam(0.01, "absent"))).isFalse();
        assertThat(TorchOptimizers.fits("AdamW", adam(0.01, "absent"))).isFalse();
        assertThat(TorchOptimizers.fits("Adam", adam(0, "absent"))).isTrue();
        assertThat(TorchOptimizers.fits("SGD", adam(0, "absent"))).isFalse();
    }

    @Test
    void otherOptimizersHaveNoName() {
        assertThat(TorchOptimizers.nameOf(state("lr betas weight_decay", "exp_avg")))
                .isEmpty();
        assertThat(TorchOptimizers.nameOf(Map.of())).isEmpty();
    }
}

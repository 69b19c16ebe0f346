package dev.rivulet.optim;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Multiplies the learning rate by a factor at given epochs: {@code torch.optim.lr_scheduler.MultiStepLR}.
 *
 * @since 0.1
 */
public final class MultiStepLR extends ChainableScheduler {
    /**
     * Multiplies by {@code gamma} at each milestone.
     *
     * @param milestones epochs; a repeated one multiplies again
     */
    public MultiStepLR(List<Integer> milestones, double gamma) {
        super(named("milestones", counted(milestones), "gamma", gamma));
    }

    @Override
    double next(ParamGroup group, double baseLr) {
        long count = count(lastEpoch());
        return count == 0
                ? group.learningRate()
                : group.learningRate() * StrictMath.pow(number("gamma"), (double) count);
    }

    @Override
    double first(ParamGroup group, double baseLr) {
        return baseLr * StrictMath.pow(number("gamma"), (double) count(0));
    }

    /** How often an epoch is listed as a milestone. PyTorch saves a {@code Counter}, whose keys are numbers. */
    private long count(long epoch) {
        for (Map.Entry<?, ?> milestone : settings().dict("milestones").values().entrySet()) {
            if (milestone.getKey() instanceof Number key
                    && key.longValue() == epoch
                    && milestone.getValue() instanceof Number times) {
                return times.longValue();
            }
        }
        return 0;
    }

    private static Map<Long, Long> counted(List<Integer> milestones) {
        Map<Long, Long> counts = new TreeMap<>();
        milestones.forEach(milestone -> counts.merge(positive("A milestone", milestone), 1L, Long::sum));
        return counts;
    }
}

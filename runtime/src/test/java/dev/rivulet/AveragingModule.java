package dev.rivulet;

import dev.rivulet.annotations.WeightTransform;
import dev.rivulet.transform.ExponentialMovingAverage;

/** A linear model with a transform that follows training. Its registry is written by hand. */
final class AveragingModule extends PlaneModule {
    @WeightTransform("averaged")
    final ExponentialMovingAverage average = new ExponentialMovingAverage(0.9);

    @Override
    public void close() {
        average.close();
        super.close();
    }
}

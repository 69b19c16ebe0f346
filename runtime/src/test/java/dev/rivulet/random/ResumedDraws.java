package dev.rivulet.random;

import ai.djl.Device;
import ai.djl.util.RandomUtils;
import com.google.gson.Gson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A process that resumes from the state in a file and prints its draws. */
final class ResumedDraws {
    private ResumedDraws() {}

    public static void main(String[] arguments) throws Exception {
        Map<?, ?> entries = new Gson().fromJson(Files.readString(Path.of(arguments[0])), Map.class);
        RandomState state = RandomState.fromEntries(entries);
        TrainingRandom random = new TrainingRandom(state.seed(), Device.cpu());
        random.restore(state).ifPresent(inexact -> {
            throw new IllegalStateException(inexact);
        });
        System.out.println(drawAll(random));
    }

    /** Draws from every generator. */
    static String drawAll(TrainingRandom random) {
        random.beginStep(7);
        return Draws.torch() + " " + RandomUtils.RANDOM.nextInt() + " " + RandomUtils.nextGaussian() + " "
                + RandomUtils.RANDOM.nextLong() + " "
                + random.named().generator("noise").nextLong() + " "
                + random.named().generator("noise").nextGaussian();
    }
}

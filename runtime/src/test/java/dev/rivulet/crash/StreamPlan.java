package dev.rivulet.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Optional;

/**
 * The saves and retention of one stream of a test run. Streams differ by their index in everything that a policy can
 * choose: how often they save, how many files they keep, whether these are in folders or always have the same name, and
 * which pointers they have.
 *
 * @param index of the stream, from 0
 */
record StreamPlan(int index) {
    /** Whether the stream saves at a step. */
    boolean savesAt(long step) {
        return (step - 1) % (1 + index % 3) == 0;
    }

    /** Number of files that the stream keeps. */
    int retainedCount() {
        return hasOneName() ? 1 : 1 + (index + 1) % 3;
    }

    private boolean hasOneName() {
        return index % 4 == 3;
    }

    /** Its name. */
    String name() {
        return "stream" + index;
    }

    /** The file of a step. */
    String file(long step) {
        if (hasOneName()) {
            return name() + ".safetensors";
        }
        return name() + (index % 2 == 1 ? "/" : "-") + "step=" + step + ".safetensors";
    }

    /** The pointer to the newest file. */
    Optional<String> last() {
        return switch (index % 4) {
            case 0 -> Optional.of(name() + "-last.safetensors");
            case 1 -> Optional.of("last/" + name() + ".safetensors");
            default -> Optional.empty();
        };
    }

    /** Whether the pointer to the newest is a symbolic link. */
    boolean isLinked() {
        return index % 4 == 0;
    }

    /** The pointer to the best file, which outlives its target. */
    Optional<String> best() {
        return index % 4 == 0 ? Optional.of("best-" + name() + ".safetensors") : Optional.empty();
    }

    /** Whether a step's weights are the best so far. */
    boolean isBest(long step) {
        return step % 3 == 1;
    }

    /** The content of a step's file: a string that reveals torn files and identifies the step. */
    byte[] content(long step) {
        byte[] line = (name() + " at step " + step + "\n").getBytes(UTF_8);
        byte[] content = new byte[900 + 700 * (index % 3) + (int) step];
        for (int i = 0; i < content.length; i++) {
            content[i] = line[i % line.length];
        }
        return content;
    }

    /** The step whose file has this content, if any. */
    Optional<Long> step(byte[] content, long steps) {
        for (long step = 1; step <= steps; step++) {
            if (Arrays.equals(content, content(step))) {
                return Optional.of(step);
            }
        }
        return Optional.empty();
    }
}

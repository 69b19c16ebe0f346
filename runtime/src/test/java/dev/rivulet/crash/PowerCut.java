package dev.rivulet.crash;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * What a disk may hold after its power was cut between two operations. The model asks more of a protocol than ext4 does,
 * in the manner of <a href="https://www.usenix.org/conference/osdi14/technical-sessions/presentation/pillai">ALICE</a>:
 *
 * <ul>
 *   <li>A file's content is durable once the file was forced; its name is durable once the name's directory was. Neither
 *       implies the other.
 *   <li>Of content that was not forced, each file on its own holds nothing, all, the first writes with the last of them torn
 *       at a sector of 512 bytes, any of the sectors, or zeros in the size that it should have.
 *   <li>Of names that were not forced, each change on its own happened or not, in any order: a later one may be there and
 *       an earlier one not.
 *   <li>A rename is one thing even between two directories: it happened in both or in neither, so forcing one of them is
 *       enough.
 *   <li>A name in a folder that is itself lost is lost.
 *   <li>Content that was not durable when a file's flush failed never becomes durable by a later flush: the kernel marks the
 *       pages as clean.
 * </ul>
 *
 * <p>Sectors are written as a whole, and what was durable stays.
 */
final class PowerCut {
    private final DiskImage start;
    private final List<Operation> operations;
    private final Set<Integer> durable;

    /**
     * The power fails after all of these operations and before another one.
     *
     * @param start what the disk held before them, all of it durable
     */
    PowerCut(DiskImage start, List<Operation> operations) {
        this.start = start;
        this.operations = operations;
        this.durable = durable(operations);
    }

    /** Whether the disk holds one thing only, since all that was done is durable. */
    boolean isCertain() {
        return durable.size() == operations.size();
    }

    /** What was forced, and nothing else. */
    DiskImage least() {
        return image(false);
    }

    /** All that was done, as if all of it had been forced. */
    DiskImage most() {
        return image(true);
    }

    private DiskImage image(boolean everything) {
        DiskImage image = start.copy();
        for (int i = 0; i < operations.size(); i++) {
            if (everything || durable.contains(i)) {
                apply(operations.get(i), image);
            }
        }
        return image;
    }

    /** One of the states between. */
    DiskImage any(Random random) {
        DiskImage image = start.copy();
        Map<Long, Loss> losses = new HashMap<>();
        double kept = random.nextInt(5) / 4.0;
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            if (durable.contains(i)) {
                apply(operation, image);
            } else if (operation instanceof Operation.OfContent content) {
                losses.computeIfAbsent(content.file(), file -> new Loss(random)).apply(content, image);
            } else if (random.nextDouble() < kept) {
                apply(operation, image);
            }
        }
        return image;
    }

    private static void apply(Operation operation, DiskImage image) {
        if (operation instanceof Operation.OfNames names) {
            image.apply(names);
        } else if (operation instanceof Operation.Write write) {
            image.write(write.file(), write.offset(), write.bytes());
        } else if (operation instanceof Operation.Truncate truncate) {
            image.truncate(truncate.file(), truncate.size());
        }
    }

    /** Goes backwards: an operation is durable if what it changed is flushed later. */
    private static Set<Integer> durable(List<Operation> operations) {
        Map<Object, Boolean> flushed = new HashMap<>();
        Set<Integer> durable = new HashSet<>();
        for (int i = operations.size() - 1; i >= 0; i--) {
            Operation operation = operations.get(i);
            boolean kept = true;
            if (operation instanceof Operation.Force force) {
                flushed.put(force.file(), force.succeeded());
            } else if (operation instanceof Operation.ForceDirectory force) {
                if (force.succeeded()) {
                    flushed.put(force.path(), true);
                }
            } else if (operation instanceof Operation.OfContent content) {
                kept = flushed.getOrDefault(content.file(), false);
            } else if (operation instanceof Operation.OfNames names) {
                kept = names.directories().stream().anyMatch(directory -> flushed.getOrDefault(directory, false));
            }
            if (kept) {
                durable.add(i);
            }
        }
        return durable;
    }
}

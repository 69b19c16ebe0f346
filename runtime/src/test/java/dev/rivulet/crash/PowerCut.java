package dev.rivulet.crash;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * The possible states of a disk after a power cut between two operations. The model is stricter than ext4, in the manner
 * of <a href="https://www.usenix.org/conference/osdi14/technical-sessions/presentation/pillai">ALICE</a>:
 *
 * <ul>
 *   <li>A file's content is durable once the file was forced; its name is durable once its directory was forced.
 *       Neither implies the other.
 *   <li>Unforced content of each file may be lost or kept as a whole, or consist of the first writes, the last one torn
 *       at a sector of 512 bytes, of any of the sectors, or of zeros in the full size.
 *   <li>Each unforced change of a name may be lost independently: a later one may survive while an earlier one is lost.
 *   <li>A rename is atomic even between two directories, so forcing one of them is enough.
 *   <li>A name in a lost folder is lost.
 *   <li>Content that was not durable when a flush of its file failed never becomes durable by a later flush, because
 *       the kernel marks the pages as clean.
 * </ul>
 *
 * <p>Sectors are written atomically, and durable content is never lost.
 */
final class PowerCut {
    private final DiskImage start;
    private final List<Operation> operations;
    private final Set<Integer> durable;

    /**
     * A power cut after these operations.
     *
     * @param start content of the disk before the operations, all of it durable
     */
    PowerCut(DiskImage start, List<Operation> operations) {
        this.start = start;
        this.operations = operations;
        this.durable = durable(operations);
    }

    /** Whether only one state is possible, because all operations are durable. */
    boolean isCertain() {
        return durable.size() == operations.size();
    }

    /** The state with only the forced changes. */
    DiskImage guaranteed() {
        return image(false);
    }

    /** The state with all changes, as if all had been forced. */
    DiskImage complete() {
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

    /** A random state in between. */
    DiskImage any(Random random) {
        DiskImage image = start.copy();
        Map<Long, Loss> losses = new HashMap<>();
        double probability = random.nextInt(5) / 4.0;
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            if (durable.contains(i)) {
                apply(operation, image);
            } else if (operation instanceof Operation.OfContent content) {
                losses.computeIfAbsent(content.file(), file -> new Loss(random)).apply(content, image);
            } else if (random.nextDouble() < probability) {
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

    /**
     * The indices of durable operations. Iterates backwards: an operation is durable if its change is flushed later.
     */
    private static Set<Integer> durable(List<Operation> operations) {
        Map<Object, Boolean> flushed = new HashMap<>();
        Set<Integer> durable = new HashSet<>();
        for (int i = operations.size() - 1; i >= 0; i--) {
            Operation operation = operations.get(i);
            boolean isDurable = true;
            if (operation instanceof Operation.Force force) {
                flushed.put(force.file(), force.succeeded());
            } else if (operation instanceof Operation.ForceDirectory force) {
                if (force.succeeded()) {
                    flushed.put(force.path(), true);
                }
            } else if (operation instanceof Operation.OfContent content) {
                isDurable = flushed.getOrDefault(content.file(), false);
            } else if (operation instanceof Operation.OfNames names) {
                isDurable = names.directories().stream().anyMatch(directory -> flushed.getOrDefault(directory, false));
            }
            if (isDurable) {
                durable.add(i);
            }
        }
        return durable;
    }
}

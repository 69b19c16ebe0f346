package dev.rivulet.crash;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.function.LongPredicate;

/** Decides what remains of the unforced content of one file. */
final class Loss {
    private static final int SECTOR = 512;

    private enum Kind {
        NOTHING_STAYS,
        ALL_STAYS,
        FIRST_WRITES_STAY,
        SOME_SECTORS_STAY,
        SIZE_STAYS
    }

    private final Random random;
    private final Kind kind;
    private boolean ended;

    Loss(Random random) {
        this.random = random;
        this.kind = Kind.values()[random.nextInt(Kind.values().length)];
    }

    /** Applies to an image what remains of the file's next operation. */
    void apply(Operation.OfContent operation, DiskImage image) {
        if (operation instanceof Operation.Write write) {
            apply(write, image);
        } else if (operation instanceof Operation.Truncate truncate && stays()) {
            image.truncate(truncate.file(), truncate.size());
        }
    }

    private boolean stays() {
        return switch (kind) {
            case NOTHING_STAYS -> false;
            case ALL_STAYS -> true;
            case FIRST_WRITES_STAY -> !ended;
            case SOME_SECTORS_STAY, SIZE_STAYS -> random.nextBoolean();
        };
    }

    private void apply(Operation.Write write, DiskImage image) {
        switch (kind) {
            case NOTHING_STAYS -> {}
            case ALL_STAYS -> image.write(write.file(), write.offset(), write.bytes());
            case FIRST_WRITES_STAY -> {
                if (!ended) {
                    ended = random.nextInt(4) == 0;
                    long end = write.offset()
                            + (ended
                                    ? random.nextInt(write.bytes().remaining() + 1)
                                    : write.bytes().remaining());
                    sectors(write, image, sector -> sector < end);
                }
            }
            case SOME_SECTORS_STAY -> {
                if (random.nextBoolean()) {
                    image.grow(write.file(), write.offset() + write.bytes().remaining());
                }
                sectors(write, image, sector -> random.nextBoolean());
            }
            case SIZE_STAYS ->
                image.grow(write.file(), write.offset() + write.bytes().remaining());
        }
    }

    /** Writes the parts of the bytes whose sectors remain. */
    private static void sectors(Operation.Write write, DiskImage image, LongPredicate stays) {
        ByteBuffer bytes = write.bytes();
        for (int from = 0; from < bytes.remaining(); ) {
            long offset = write.offset() + from;
            int length = (int) Math.min(bytes.remaining() - from, SECTOR - offset % SECTOR);
            if (stays.test(offset)) {
                image.write(write.file(), offset, bytes.slice(from, length));
            }
            from += length;
        }
    }
}

package dev.rivulet.format;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The extra fields of a zip header. */
final class ZipExtra {
    private ZipExtra() {}

    /** Checks that fields are whole, whatever they say. */
    static void checkWhole(ZipInput input, long position, ByteBuffer extra) throws IOException {
        while (extra.hasRemaining()) {
            if (extra.remaining() < 2 * Short.BYTES) {
                throw input.violation(TorchRule.EXTRA_FIELD, position, "one is cut off");
            }
            extra.getShort();
            int length = Short.toUnsignedInt(extra.getShort());
            if (length > extra.remaining()) {
                throw input.violation(TorchRule.EXTRA_FIELD, position, "one is cut off");
            }
            extra.position(extra.position() + length);
        }
    }

    /**
     * Numbers of a header, completed from its zip64 field where they do not fit into 32 bits.
     *
     * @param position of the header, for messages
     * @param extra all of its extra fields
     */
    static long[] complete(ZipInput input, long position, ByteBuffer extra, long... numbers) throws IOException {
        long[] completed = numbers.clone();
        boolean found = false;
        while (extra.hasRemaining()) {
            if (extra.remaining() < 2 * Short.BYTES) {
                throw input.violation(TorchRule.EXTRA_FIELD, position, "one is cut off");
            }
            int id = Short.toUnsignedInt(extra.getShort());
            int length = Short.toUnsignedInt(extra.getShort());
            if (length > extra.remaining() || (id == ZipLayout.ZIP64_FIELD && found)) {
                throw input.violation(TorchRule.EXTRA_FIELD, position, "one is cut off or occurs twice");
            }
            int end = extra.position() + length;
            if (id == ZipLayout.ZIP64_FIELD) {
                found = true;
                for (int i = 0; i < completed.length; i++) {
                    if (completed[i] == ZipLayout.MAX_UINT32 && end - extra.position() >= Long.BYTES) {
                        completed[i] = extra.getLong();
                    }
                }
                if (extra.position() != end) {
                    throw input.violation(TorchRule.EXTRA_FIELD, position, "the zip64 field has another length");
                }
            }
            extra.position(end);
        }
        return completed;
    }
}

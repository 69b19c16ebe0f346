package dev.rivulet.crash;

import dev.rivulet.internal.format.WrittenFile;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.internal.store.Group;
import dev.rivulet.internal.store.StoredCheckpoint.Blob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/** A run that saves groups of tiny checkpoints, so that the expected content of the directory is known. */
final class CheckpointRun {
    private final Map<Long, ExpectedRetention> attempted = new HashMap<>();
    private ExpectedRetention retention;

    /** A run that resumes from a retention state. */
    CheckpointRun(ExpectedRetention retention) {
        this.retention = retention;
        attempted.put(retention.group(), retention);
    }

    /** The retention state after the newest acknowledged group. */
    ExpectedRetention retention() {
        return retention;
    }

    /** The retention state after each group that was started, by the group's number, if it was committed. */
    Map<Long, ExpectedRetention> attempted() {
        return attempted;
    }

    /**
     * Saves a group.
     *
     * @param acknowledged receives the number of the group when it is committed, before it is published
     */
    void save(CheckpointDirectory directory, LongConsumer acknowledged) throws IOException {
        try (Group group = directory.begin()) {
            ExpectedRetention next = retention.with(group.number());
            attempted.put(group.number(), next);
            List<Blob> blobs = new ArrayList<>();
            for (StreamPlan plan : next.saved()) {
                byte[] content = plan.content(next.step());
                blobs.add(group.write(plan.file(next.step()), content.length, channel -> write(content, channel)));
            }
            group.commit(next.manifest(blobs, retention));
            retention = next;
            acknowledged.accept(group.number());
            group.publish();
        }
    }

    /** Writes like the formats do: the first bytes last, when the checksum is known. */
    private static WrittenFile write(byte[] content, FileChannel channel) throws IOException {
        int half = content.length / 2;
        channel.write(ByteBuffer.allocate(8));
        channel.write(new ByteBuffer[] {ByteBuffer.wrap(content, 8, half - 8), ByteBuffer.wrap(content, half, 100)});
        channel.write(ByteBuffer.wrap(content, half + 100, content.length - half - 100));
        channel.write(ByteBuffer.wrap(content, 0, 8), 0);
        CRC32C checksum = new CRC32C();
        checksum.update(content);
        return new WrittenFile(content.length, checksum.getValue());
    }
}

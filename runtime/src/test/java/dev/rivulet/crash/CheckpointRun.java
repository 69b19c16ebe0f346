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

/** A run that saves groups of tiny checkpoints, so that all that must be there afterwards is known. */
final class CheckpointRun {
    private final Map<Long, ExpectedRetention> tried = new HashMap<>();
    private ExpectedRetention books;

    /** A run that goes on from some books. */
    CheckpointRun(ExpectedRetention books) {
        this.books = books;
        tried.put(books.group(), books);
    }

    /** The books after the newest group that was acknowledged. */
    ExpectedRetention books() {
        return books;
    }

    /** The books as they are if a group was committed, by the group's number: of every group that was begun. */
    Map<Long, ExpectedRetention> tried() {
        return tried;
    }

    /**
     * Saves a group.
     *
     * @param acknowledged is told the group's number when the group is committed, before it is published
     */
    void save(CheckpointDirectory directory, LongConsumer acknowledged) throws IOException {
        try (Group group = directory.begin()) {
            ExpectedRetention next = books.with(group.number());
            tried.put(group.number(), next);
            List<Blob> blobs = new ArrayList<>();
            for (StreamPlan plan : next.saved()) {
                byte[] content = plan.content(next.step());
                blobs.add(group.write(plan.file(next.step()), content.length, channel -> write(content, channel)));
            }
            group.commit(next.manifest(blobs, books));
            books = next;
            acknowledged.accept(group.number());
            group.publish();
        }
    }

    /** Writes as the formats do: the beginning last, when the checksum is known. */
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

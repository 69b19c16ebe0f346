package dev.rivulet.internal.format.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.internal.format.FileSignature;
import dev.rivulet.internal.format.Tensors;
import dev.rivulet.internal.format.safetensors.SafetensorsReader;
import dev.rivulet.internal.format.safetensors.SafetensorsWriter;
import dev.rivulet.tensor.Dtype;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSignatureTest {
    @TempDir
    Path folder;

    private FileSignature signature(byte... bytes) throws IOException {
        return FileSignature.of(Files.write(folder.resolve("file"), bytes));
    }

    private boolean isTorch(byte... bytes) throws IOException {
        return TorchReader.recognizes(signature(bytes));
    }

    @Test
    void recognizesAZipFileByItsStartOrEnd() throws IOException {
        byte[] bytes = TorchFiles.bytes(TorchValue.of("text"));
        assertThat(isTorch(bytes)).isTrue();
        bytes[0] ^= 1;
        assertThat(isTorch(bytes)).isTrue();
        bytes[bytes.length - ZipLayout.END_BYTES] ^= 1;
        assertThat(isTorch(bytes)).isFalse();
    }

    @Test
    void recognizesAPickle() throws IOException {
        assertThat(isTorch(new byte[] {(byte) 0x80, 2, '}', 'q', 0, 'X', 1, 0, 0, 0, 'a'}))
                .isTrue();
    }

    @Test
    void recognizesSafetensorsByTheHeader() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SafetensorsWriter.of(Map.of("weight", Tensors.pattern(Dtype.F32, 2)), Map.of())
                .writeTo(Channels.newChannel(bytes));

        assertThat(isTorch(bytes.toByteArray())).isFalse();
        assertThat(SafetensorsReader.recognizes(signature(bytes.toByteArray()))).isTrue();
    }

    @Test
    void recognizesNoFormatInAShortFile() throws IOException {
        assertThat(SafetensorsReader.recognizes(signature())).isFalse();
        assertThat(isTorch()).isFalse();
        assertThat(isTorch((byte) 'P', (byte) 'K')).isFalse();
    }
}

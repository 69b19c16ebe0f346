package dev.rivulet.internal.retention;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Reads the cases recorded from Lightning's {@code ModelCheckpoint}, from the test resources or from
 * {@code -Drivulet.conformance=DIR}.
 */
@SuppressWarnings("exports") // Test code is compiled into the module but never exported.
public final class ConformanceCases {
    private ConformanceCases() {}

    /** All cases of all files. */
    public static List<JsonObject> read() throws IOException, URISyntaxException {
        List<JsonObject> cases = new ArrayList<>();
        for (Path file : files()) {
            JsonParser.parseString(Files.readString(file))
                    .getAsJsonArray()
                    .forEach(c -> cases.add(c.getAsJsonObject()));
        }
        return cases;
    }

    private static List<Path> files() throws IOException, URISyntaxException {
        String given = System.getProperty("rivulet.conformance", "");
        URL copies =
                Objects.requireNonNull(ConformanceCases.class.getResource("/conformance/modelcheckpoint"), "no cases");
        Path directory = given.isEmpty() ? Path.of(copies.toURI()) : Path.of(given);
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }
}

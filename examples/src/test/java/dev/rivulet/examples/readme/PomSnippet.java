package dev.rivulet.examples.readme;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** A pom as a reader pastes it. */
final class PomSnippet {
    private final String text;
    private final Map<String, Element> artifacts = new TreeMap<>();

    private PomSnippet(String text, Document document) {
        this.text = text;
        for (String kind : List.of("dependency", "path")) {
            NodeList elements = document.getElementsByTagName(kind);
            for (int i = 0; i < elements.getLength(); i++) {
                Element element = (Element) elements.item(i);
                artifacts.put(child(element, "artifactId"), element);
            }
        }
    }

    static PomSnippet parse(String text) throws Exception {
        return new PomSnippet(
                text,
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))));
    }

    String text() {
        return text;
    }

    /** The version of a dependency or of an annotation processor. */
    String version(String artifact) {
        Element element = artifacts.get(artifact);
        if (element == null) {
            throw new AssertionError("The pom does not name " + artifact + ".");
        }
        return child(element, "version");
    }

    /** All dependencies and annotation processors, as {@code group:artifact:version} with the classifier, if any, behind. */
    List<String> coordinates() {
        List<String> coordinates = new ArrayList<>();
        artifacts.forEach((artifact, element) -> {
            String classifier = child(element, "classifier");
            coordinates.add(child(element, "groupId") + ":" + artifact + ":" + version(artifact)
                    + (classifier.isEmpty() ? "" : ":" + classifier));
        });
        return coordinates;
    }

    private static String child(Element element, String name) {
        NodeList found = element.getElementsByTagName(name);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent();
    }
}

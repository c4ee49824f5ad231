package dev.weir.loadtest.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A configuration file with placeholders of the form {@code ${name}}. */
public record Template(String text) {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([a-z0-9-]+)}");

    /** One of those that lie beside a class. */
    public static Template resource(Class<?> neighbour, String name) {
        try (InputStream in = neighbour.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("resource: " + name + " (expected: one beside " + neighbour + ")");
            }
            return new Template(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws MeasurementException naming a placeholder that has no value */
    public String fill(Map<String, String> values) {
        return PLACEHOLDER.matcher(text).replaceAll(match -> {
            String value = values.get(match.group(1));
            if (value == null) {
                throw new MeasurementException(
                        "placeholder ${" + match.group(1) + "} is unknown (known: " + values.keySet() + ")");
            }
            return Matcher.quoteReplacement(value);
        });
    }
}

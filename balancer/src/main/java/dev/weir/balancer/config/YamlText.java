package dev.weir.balancer.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** From the bytes of a file to a tree of nodes that is safe to walk: see {@link NodeCheck}. */
final class YamlText {
    /** Room for some 50,000 backends. */
    static final int MAX_BYTES = 4 << 20;

    /** A valid file needs 8, and what a strategy's options need. The composer recurses, so a stack depends on it. */
    static final int MAX_DEPTH = 32;

    private YamlText() {}

    static String read(Path file, Problems problems) throws ConfigException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        } catch (IOException e) {
            problems.add(unreadable(file, e));
            throw problems.exception();
        }
        if (bytes.length > MAX_BYTES) {
            problems.add("is larger than " + (MAX_BYTES >> 20) + " MB, which is the most that is read");
            throw problems.exception();
        }
        return decode(bytes, problems);
    }

    private static String unreadable(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        if (Files.isDirectory(file)) {
            return "is a directory; expected a YAML file";
        }
        if (e instanceof AccessDeniedException) {
            return "cannot be read: permission denied";
        }
        return "cannot be read: " + e.getMessage();
    }

    private static String decode(byte[] bytes, Problems problems) throws ConfigException {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            String hex = String.format("0x%02x", bytes[in.position()]);
            fail(problems, text, text.length(), "the byte " + hex + " is not UTF-8; expected a text file in UTF-8");
        }
        return text.startsWith("\ufeff") ? text.substring(1) : text; // a byte order mark, as some editors write
    }

    /**
     * Composes the one document of a text.
     *
     * @throws ConfigException if it is no valid YAML, empty, or not bounded; duplicate keys, which leave the rest
     *     readable, are only noted
     */
    static Value parse(String yaml, Problems problems) throws ConfigException {
        try {
            LoadSettings settings = settings(yaml);
            checkDepth(yaml, settings, problems);
            Optional<Node> root = new Compose(settings).composeString(yaml);
            if (root.isEmpty()) {
                problems.add("is empty; expected at least a pool, as in conf/minimal.yaml");
                throw problems.exception();
            }
            Value value = Value.root(root.get(), problems);
            new NodeCheck(problems).check(value);
            return value;
        } catch (MarkedYamlEngineException e) {
            problems.add(e.getProblemMark().or(e::getContextMark), "", "is not valid YAML: " + explain(e));
        } catch (ReaderException e) {
            String code = String.format("U+%04X", e.getCodePoint());
            fail(problems, yaml, e.getPosition(), "the character " + code + " is not allowed in YAML");
        } catch (YamlEngineException e) {
            problems.add("is not valid YAML: " + e.getMessage());
        }
        throw problems.exception();
    }

    private static LoadSettings settings(String yaml) {
        return LoadSettings.builder()
                .setAllowDuplicateKeys(true) // NodeCheck reports these in our own form
                .setAllowNonScalarKeys(true) // and these
                .setMaxAliasesForCollections(Integer.MAX_VALUE) // and bounds what they stand for
                .setCodePointLimit(MAX_BYTES)
                .setBufferSize(Math.max(yaml.length(), 1024)) // in smaller pieces, time grows with the square
                .build();
    }

    /** The parser is iterative, unlike all that comes after it. */
    private static void checkDepth(String yaml, LoadSettings settings, Problems problems) throws ConfigException {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(yaml)) {
            if (event instanceof CollectionStartEvent) {
                depth++;
            } else if (event instanceof CollectionEndEvent) {
                depth--;
            }
            if (depth > MAX_DEPTH) {
                problems.add(event.getStartMark(), "", "is nested more than " + MAX_DEPTH + " levels deep");
                throw problems.exception();
            }
        }
    }

    private static String explain(MarkedYamlEngineException e) {
        String problem = e.getProblem() == null ? "" : e.getProblem();
        String context = e.getContext() == null ? "" : e.getContext();
        String joined = context.isEmpty() || problem.isEmpty() ? context + problem : context + ", " + problem;
        return joined.replaceAll("\\s+", " ").trim();
    }

    private static void fail(Problems problems, String text, int index, String message) throws ConfigException {
        String before = text.substring(0, Math.min(index, text.length()));
        int lineStart = before.lastIndexOf('\n') + 1;
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        problems.add(line, before.length() - lineStart + 1, "", message);
        throw problems.exception();
    }
}

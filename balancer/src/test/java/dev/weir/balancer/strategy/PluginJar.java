package dev.weir.balancer.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A jar with a foreign strategy, made as its author would: compiled against Weir's classes, with a service file. */
final class PluginJar {
    private PluginJar() {}

    /**
     * Compiles one class and packs it.
     *
     * @param className with its package
     * @param registered what the service file names
     */
    static Path of(Path directory, String className, String source, String registered) throws IOException {
        Path sources = Files.createDirectories(directory.resolve("src"));
        Path classes = Files.createDirectories(directory.resolve("classes"));
        Path file = sources.resolve(className.substring(className.lastIndexOf('.') + 1) + ".java");
        Files.writeString(file, source);
        compile(file, classes);
        Path jar = directory.resolve("plugin.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                put(out, classes.relativize(each).toString(), Files.readAllBytes(each));
            }
            byte[] line = (registered + "\n").getBytes(StandardCharsets.UTF_8);
            put(out, "META-INF/services/" + StrategyProvider.class.getName(), line);
        }
        return jar;
    }

    /** As if the jars stood on the class path. */
    static URLClassLoader loader(Path... jars) {
        URL[] urls = Stream.of(jars).map(PluginJar::url).toArray(URL[]::new);
        return new URLClassLoader(urls, PluginJar.class.getClassLoader());
    }

    private static void compile(Path file, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<String> options = List.of(
                    "-d",
                    classes.toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    "-Xlint:-path",
                    "-proc:none");
            boolean compiled = compiler.getTask(messages, files, null, options, null, files.getJavaFileObjects(file))
                    .call();
            assertThat(compiled).as(messages.toString()).isTrue();
        }
    }

    private static void put(JarOutputStream out, String name, byte[] bytes) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(bytes);
        out.closeEntry();
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }
}

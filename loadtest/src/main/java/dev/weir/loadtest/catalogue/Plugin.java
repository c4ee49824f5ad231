package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.process.MeasurementException;
import dev.weir.loadtest.process.Sandbox;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A strategy as somebody else would write it, with a bug. Compiled when needed: no class of the balancer is used here. */
final class Plugin {
    /** In the configuration of a pool. */
    static final String OPTION = "strategy: throwing";
    /** What it throws, as the log shows it. */
    static final String WORDS = "thrown on purpose";

    private static final String CLASS = "dev.weir.loadtest.plugin.Throwing";
    private static final String SERVICE = "META-INF/services/dev.weir.balancer.strategy.StrategyProvider";

    private Plugin() {}

    /**
     * @param jar of the balancer, to compile against
     * @return what is to be added to the class path
     * @throws MeasurementException if it cannot be compiled
     */
    static Path compile(Sandbox sandbox, Path jar) {
        Path directory = sandbox.directory().resolve("plugin");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new MeasurementException("no Java compiler: it takes a JDK, not a JRE");
        }
        StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            Files.createDirectories(directory.resolve(SERVICE).getParent());
            Files.writeString(directory.resolve(SERVICE), CLASS + "\n");
            Path source = Files.writeString(directory.resolve("Throwing.java"), source());
            List<String> options = List.of("-proc:none", "-nowarn", "-cp", jar.toString(), "-d", directory.toString());
            boolean compiled = compiler.getTask(
                            complaints, files, null, options, null, files.getJavaFileObjects(source))
                    .call();
            if (!compiled) {
                throw new MeasurementException("cannot compile a strategy: " + complaints);
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String source() throws IOException {
        try (InputStream in = Plugin.class.getResourceAsStream("Throwing.java.txt")) {
            if (in == null) {
                throw new IllegalStateException("Throwing.java.txt is not beside " + Plugin.class);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

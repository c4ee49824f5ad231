package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.weir.balancer.Await;
import dev.weir.balancer.config.AccessLogConfig;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AccessLogWriterTest {
    @TempDir
    private Path folder;

    private final AtomicLong nanos = new AtomicLong();
    private AccessLogWriter writer;

    @AfterEach
    void close() {
        if (writer != null) {
            writer.close();
        }
    }

    @Test
    void linesReachTheFileWithoutAnybodyClosingIt() throws IOException {
        Path file = folder.resolve("access.log");
        AccessLog log = open(file).forEventLoop();

        write(log, 1);

        Await.untilTrue(() -> lines(file).size() == 1, "the line");
        assertThat(lines(file)).containsExactly("{\"time\":\"1970-01-01T00:00:00.007Z\",\"n\":1}");
    }

    @Test
    void closingWritesWhatIsThere() throws IOException {
        Path file = folder.resolve("access.log");
        AccessLog log = open(file).forEventLoop();
        for (int i = 0; i < 100; i++) {
            write(log, i);
        }

        writer.close();

        assertThat(numbers(file)).containsExactlyElementsOf(upTo(100));
        assertThat(writer.droppedLines()).isZero();
    }

    @Test
    void aFileThatExistsIsAppendedTo() throws IOException {
        Path file = folder.resolve("access.log");
        Files.writeString(file, "before\n");
        AccessLog log = open(file).forEventLoop();
        write(log, 1);

        writer.close();

        assertThat(lines(file)).hasSize(2).first().isEqualTo("before");
    }

    @Test
    void aNewFileIsNotForEverybodyToRead() throws IOException {
        Path file = folder.resolve("access.log");
        open(file);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .startsWith("rw-")
                .endsWith("---");
    }

    @Test
    void linesOfManyEventLoopsAreNeverMixed() throws Exception {
        Path file = folder.resolve("access.log");
        AccessLogWriter shared = open(file);
        int loops = 4;
        int each = 2_000;
        List<Thread> threads = IntStream.range(0, loops)
                .mapToObj(loop -> Thread.ofPlatform().start(() -> {
                    AccessLog log = shared.forEventLoop();
                    for (int i = 0; i < each; i++) {
                        write(log, i);
                    }
                }))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }

        writer.close();

        assertThat(writer.droppedLines()).isZero();
        assertThat(numbers(file)).hasSize(loops * each);
    }

    @Test
    void aFileThatWasRenamedIsOpenedAnew() throws IOException {
        Path file = folder.resolve("access.log");
        Path rotated = folder.resolve("access.log.1");
        AccessLog log = open(file).forEventLoop();
        write(log, 1);
        Await.untilTrue(() -> lines(file).size() == 1, "the first line");

        Files.move(file, rotated);
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        Await.untilTrue(() -> Files.exists(file), "the new file");
        write(log, 2);
        Await.untilTrue(() -> lines(file).size() == 1, "the second line");

        assertThat(numbers(rotated)).containsExactly(1L);
        assertThat(numbers(file)).containsExactly(2L);
    }

    @Test
    void aFileThatWasReplacedIsOpenedAnew() throws IOException {
        Path file = folder.resolve("access.log");
        AccessLog log = open(file).forEventLoop();
        Files.move(file, folder.resolve("access.log.1"));
        Files.createFile(file);

        nanos.addAndGet(Duration.ofSeconds(1).toNanos());

        long[] count = {0};
        Await.untilTrue(
                () -> {
                    write(log, ++count[0]);
                    return !lines(file).isEmpty();
                },
                "a line in the new file");
    }

    @Test
    void aFileIsWrittenOnWhileItsPathCannotBeOpened() throws IOException {
        Path home = Files.createDirectory(folder.resolve("logs"));
        AccessLog log = open(home.resolve("access.log")).forEventLoop();
        Path moved = folder.resolve("moved");
        Files.move(home, moved);
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());

        write(log, 1);

        Await.untilTrue(() -> lines(moved.resolve("access.log")).size() == 1, "the line");
        assertThat(writer.droppedLines()).isZero();
    }

    /** A named pipe whose reader never reads. */
    @Test
    void aStuckSinkCostsLinesAndNeitherTimeNorTheStop() throws Exception {
        Path pipe = pipe();
        try (RandomAccessFile reader = new RandomAccessFile(pipe.toFile(), "rw")) {
            AccessLog log = open(pipe).forEventLoop();
            String text = "x".repeat(1_000);
            long offered = 0;
            while (writer.droppedLines() == 0 && offered < 10_000) {
                log.begin().text("text", text).end();
                offered++;
            }

            assertThat(writer.droppedLines()).isPositive();
            assertThat(offered).as("lines that the queue holds").isGreaterThan(900);
            assertThat(reader.getFD().valid()).isTrue();
            long start = System.nanoTime();
            writer.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void aSinkThatMovesAgainGetsWholeLines() throws Exception {
        Path pipe = pipe();
        try (RandomAccessFile reader = new RandomAccessFile(pipe.toFile(), "rw")) {
            AccessLog log = open(pipe).forEventLoop();
            String text = "x".repeat(1_000);
            int offered = 0;
            while (writer.droppedLines() == 0) {
                log.begin().text("text", text).number("n", offered++).end();
            }
            long expected = offered - writer.droppedLines();
            var lines = new BufferedReader(
                    new InputStreamReader(new FileInputStream(reader.getFD()), StandardCharsets.UTF_8));
            for (long i = 0; i < expected; i++) {
                assertThat(lines.readLine()).startsWith("{\"time\"").endsWith("\"n\":" + i + "}");
            }
        }
    }

    @Test
    void aFullDiskCostsLinesThatAreCounted() throws IOException {
        Path full = Path.of("/dev/full");
        assumeThat(full).exists();
        AccessLog log = open(full).forEventLoop();

        write(log, 1);
        write(log, 2);

        Await.untilTrue(() -> writer.droppedLines() == 2, "both lines to be counted");
    }

    @Test
    void aDirectoryThatDoesNotExistIsNamed() {
        Path file = folder.resolve("nowhere/access.log");

        assertThatThrownBy(() -> open(file))
                .isInstanceOf(IOException.class)
                .hasMessage("access log " + file + ": its directory does not exist");
    }

    @Test
    void aPathThatIsADirectoryIsNamed() {
        assertThatThrownBy(() -> open(folder))
                .isInstanceOf(IOException.class)
                .hasMessage("access log " + folder + ": cannot be opened for writing: Is a directory");
    }

    @Test
    void aLogThatIsOffNeedsNoThread() throws IOException {
        writer = AccessLogWriter.open(new AccessLogConfig("off", true), () -> 7, nanos::get);

        assertThat(writer.forEventLoop().enabled()).isFalse();
        assertThat(writer.droppedLines()).isZero();
    }

    @Test
    void standardOutputGetsTheLines() throws Exception {
        Process child = new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ToStandardOutput.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(child.waitFor()).isZero();
        assertThat(output.lines().filter(line -> line.startsWith("{")))
                .containsExactly("{\"time\":\"1970-01-01T00:00:00.007Z\",\"n\":1}");
    }

    /** A process of its own, since this one's standard output belongs to the build. */
    static final class ToStandardOutput {
        public static void main(String[] arguments) throws IOException {
            try (AccessLogWriter writer = AccessLogWriter.open(new AccessLogConfig("stdout", true), () -> 7, () -> 0)) {
                write(writer.forEventLoop(), 1);
            }
        }
    }

    private AccessLogWriter open(Path file) throws IOException {
        writer = AccessLogWriter.open(new AccessLogConfig(file.toString(), true), () -> 7, nanos::get);
        return writer;
    }

    private Path pipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        return pipe;
    }

    private static void write(AccessLog log, long number) {
        log.begin().number("n", number).end();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Long> numbers(Path file) {
        return lines(file).stream()
                .map(line -> line.replaceFirst("^\\{\"time\":\"1970-01-01T00:00:00.007Z\",\"n\":(\\d+)}$", "$1"))
                .map(Long::valueOf)
                .toList();
    }

    private static List<Long> upTo(long end) {
        return LongStream.range(0, end).boxed().toList();
    }
}

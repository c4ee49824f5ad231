package dev.weir.loadtest.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a short-lived program prints, be it on standard output or standard error. */
public record Output(String text) {

    public static Output of(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            return new Output(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            throw new MeasurementException("cannot run " + String.join(" ", List.of(command)), e);
        }
    }

    /** @throws MeasurementException with what it prints if it fails */
    public static void require(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new MeasurementException(String.join(" ", command) + ": " + output.strip());
            }
        } catch (IOException e) {
            throw new MeasurementException("cannot run " + String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MeasurementException("interrupted", e);
        }
    }

    /** The word that follows a marker. */
    public String afterFirst(String marker) {
        int at = text.indexOf(marker);
        if (at < 0) {
            return "unknown";
        }
        return text.substring(at + marker.length()).split("\\s", 2)[0];
    }

    public String lastWord() {
        return text.substring(Math.max(text.lastIndexOf(' '), text.lastIndexOf('\n')) + 1);
    }
}

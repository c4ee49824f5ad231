package dev.weir.k8s;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The {@code kubectl} that lies on the PATH, as far as it works without a cluster.
 *
 * @param command name or path of the executable
 */
record Kubectl(String command) {
    private static final long DEADLINE_SECONDS = 60;

    static final Kubectl ON_THE_PATH = new Kubectl("kubectl");

    /**
     * What the tool said.
     *
     * @param manifests YAML documents, from standard output
     * @param remarks standard error: warnings, mostly empty
     */
    record Rendering(String manifests, String remarks) {}

    /**
     * Builds a folder that holds a {@code kustomization.yaml}.
     *
     * @throws AssertionError if the tool is missing, hangs, or refuses the folder; the message says which and what to do
     */
    Rendering kustomize(Path folder) {
        try {
            var out = Files.createTempFile("kustomize", ".yaml");
            var err = Files.createTempFile("kustomize", ".log");
            try {
                return kustomize(folder, out, err);
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new AssertionError("cannot keep the output of " + command + " in a temporary file", e);
        }
    }

    private Rendering kustomize(Path folder, Path out, Path err) throws IOException {
        var process = start(new ProcessBuilder(command, "kustomize", folder.toString())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile()));
        int status = statusOf(process);
        var remarks = Files.readString(err);
        if (status != 0) {
            throw new AssertionError("%s kustomize %s ended with %d: %s".formatted(command, folder, status, remarks));
        }
        return new Rendering(Files.readString(out), remarks);
    }

    private Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new AssertionError("""
                    %s cannot be run (%s). The manifests are rendered with it, so it has to be on the PATH: \
                    apt-get install kubernetes-client (Debian), or see https://kubernetes.io/docs/tasks/tools/\
                    """.formatted(command, e.getMessage()), e);
        }
    }

    private int statusOf(Process process) {
        try {
            if (process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                return process.exitValue();
            }
            throw new AssertionError("%s gave no answer within %d s".formatted(command, DEADLINE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + command, e);
        } finally {
            process.destroyForcibly();
        }
    }
}

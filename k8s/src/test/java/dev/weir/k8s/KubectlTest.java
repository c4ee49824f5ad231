package dev.weir.k8s;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubectlTest {
    @Test
    void aMissingKubectlSaysHowToInstallIt() {
        assertThatThrownBy(() -> new Kubectl("no-such-kubectl").kustomize(Manifests.BASE))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("no-such-kubectl cannot be run", "apt-get install kubernetes-client");
    }

    @Test
    void aFolderThatDoesNotRenderNamesTheFolderAndTheReason(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("kustomization.yaml"), "resources: [no-such-file.yaml]");

        assertThatThrownBy(() -> Kubectl.ON_THE_PATH.kustomize(folder))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll(folder.toString(), "no-such-file.yaml");
    }
}

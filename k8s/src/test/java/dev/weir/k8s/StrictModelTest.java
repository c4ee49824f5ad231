package dev.weir.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrictModelTest {
    private static final String SOUND = """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: weir
            spec:
              replicas: 3
              selector:
                matchLabels: {app: weir}
              template:
                metadata:
                  labels: {app: weir}
                  annotations: {port: "8081"}
                spec:
                  securityContext: {runAsNonRoot: true}
                  containers:
                    - name: weir
                      image: weir:1
                      resources:
                        limits: {memory: 512Mi}
                      livenessProbe:
                        httpGet: {path: /livez, port: admin}
                      volumeMounts:
                        - {name: tmp, mountPath: /tmp}
                  volumes:
                    - name: tmp
                      emptyDir: {sizeLimit: 1Gi}
            ---
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata:
              name: weir
            spec:
              maxUnavailable: 1
              selector:
                matchLabels: {app: weir}
            """;

    @Test
    void aSoundManifestHasNoProblems() {
        assertThat(problems(SOUND)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'replicas: 3',      'replica: 3',      replica",
        "'path: /livez',     'pth: /livez',     pth",
        "'limits:',          'limit:',          limit",
        "'sizeLimit: 1Gi',   'sizelimit: 1Gi',  sizelimit",
        "'mountPath: /tmp',  'mountPath: /tmp, subpath: x', subpath",
        "'maxUnavailable:',  'max-unavailable:', max-unavailable"
    })
    void aMisspeltFieldIsFoundAtAnyDepth(String right, String wrong, String named) {
        assertThat(problems(edited(right, wrong)))
                .singleElement()
                .asString()
                .contains("The field `" + named + "`", "is not defined");
    }

    @ParameterizedTest
    @CsvSource({
        "'replicas: 3',        'replicas: 3.5',           'spec.replicas: 3.5 is understood as 3'",
        "'runAsNonRoot: true', 'runAsNonRoot: \"true\"',  'runAsNonRoot: \"true\" is understood as true'",
        "'port: \"8081\"',     'port: 8081',              'annotations.port: 8081 is understood as \"8081\"'",
        "'image: weir:1',      'image: 1',                'containers[0].image: 1 is understood as \"1\"'",
        "'replicas: 3',        'replicas: three',         '\"three\"'",
        "'memory: 512Mi',      'memory: half',            'half'",
        "'maxUnavailable: 1',  'maxUnavailable: [1]',     '`maxUnavailable` to be a primitive type'"
    })
    void aValueOfTheWrongTypeIsFound(String right, String wrong, String named) {
        assertThat(problems(edited(right, wrong))).singleElement().asString().contains(named);
    }

    @Test
    void aMissingFieldIsFound() {
        assertThat(problems(edited("{name: tmp, mountPath: /tmp}", "{name: tmp}")))
                .singleElement()
                .asString()
                .contains("required field `mountPath` is not found");
    }

    @Test
    void aKindThatNobodyChecksIsAProblem() {
        assertThat(problems(edited("kind: Deployment", "kind: Deploiment")))
                .singleElement()
                .asString()
                .contains("apps/v1 Deploiment: not a known kind", "apps/v1 Deployment");
    }

    @Test
    void aKindOfTheWrongGroupIsAProblem() {
        assertThat(problems(edited("policy/v1", "policy/v1beta1")))
                .singleElement()
                .asString()
                .contains("policy/v1beta1 PodDisruptionBudget: not a known kind");
    }

    @Test
    void aDocumentWithoutAKindIsAProblem() {
        assertThat(problems("{metadata: {name: weir}}"))
                .singleElement()
                .asString()
                .contains("(no kind)");
    }

    @Test
    void aQuantityMayBeSpeltInMoreThanOneWay() {
        assertThat(problems(edited("memory: 512Mi", "memory: 0.5Gi"))).isEmpty();
    }

    private static List<String> problems(String yaml) {
        return Manifests.parse(yaml).documents().stream()
                .flatMap(document -> StrictModel.problems(document).stream())
                .toList();
    }

    private static String edited(String right, String wrong) {
        assertThat(SOUND).containsOnlyOnce(right);
        return SOUND.replace(right, wrong);
    }
}

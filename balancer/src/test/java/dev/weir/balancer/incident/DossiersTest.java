package dev.weir.balancer.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.incident.Dossier.Result;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class DossiersTest {
    private final Dossiers dossiers = new Dossiers();

    @Test
    void whatWasAddedIsFoundByItsId() {
        Dossier dossier = failed("A");
        dossiers.add(dossier);
        dossiers.add(failed("B"));
        assertThat(dossiers.find("A")).isSameAs(dossier);
        assertThat(dossiers.find("C")).isNull();
    }

    @Test
    void theNewestComesFirst() {
        Stream.of("A", "B", "C").map(DossiersTest::failed).forEach(dossiers::add);
        assertThat(ids()).containsExactly("C", "B", "A");
    }

    @Test
    void thereAreAThousandAndTwentyFourAtMost() {
        for (int i = 0; i < 5_000; i++) {
            dossiers.add(failed("F" + i));
            dossiers.add(Sample.dossier("S" + i, Result.SAVED, ProxyError.CONNECTION_REFUSED));
            dossiers.add(Sample.dossier("C" + i, Result.FAILED, ProxyError.HTTP_REQUEST_ERROR));
        }
        assertThat(ids()).hasSize(1_024).startsWith("F4999").contains("S4999", "C4999");
    }

    @Test
    void savedRequestsAndCrawlersPushOutNoFailure() {
        dossiers.add(failed("wanted"));
        for (int i = 0; i < 5_000; i++) {
            dossiers.add(Sample.dossier("S" + i, Result.SAVED, ProxyError.CONNECTION_REFUSED));
            dossiers.add(Sample.dossier("C" + i, Result.FAILED, ProxyError.DESTINATION_NOT_FOUND));
            dossiers.add(Sample.dossier("L" + i, Result.CLIENT_LEFT, ProxyError.HTTP_REQUEST_ERROR));
        }
        assertThat(dossiers.find("wanted")).isNotNull();
    }

    @Test
    void theListenerHearsOfEachOne() {
        List<String> heard = new ArrayList<>();
        Dossiers told = new Dossiers(dossier -> heard.add(dossier.id()));
        told.add(failed("A"));
        told.add(failed("B"));
        assertThat(heard).containsExactly("A", "B");
    }

    @Test
    void manyThreadsAddAtOnceAndNothingIsTorn() throws Exception {
        AtomicInteger heard = new AtomicInteger();
        Dossiers shared = new Dossiers(dossier -> heard.incrementAndGet());
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(thread -> Thread.ofPlatform()
                        .start(() -> IntStream.range(0, 10_000).forEach(i -> shared.add(failed(thread + "-" + i)))))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(heard).hasValue(40_000);
        assertThat(shared.matching(all -> true)).hasSize(640).doesNotHaveDuplicates();
    }

    @Test
    void textsFromOutsideAreCutAndTheQueryIsLeftOut() {
        String path = "/" + "x".repeat(5_000) + "?password=hunter2";
        RequestFacts facts = RequestFacts.of("X".repeat(500), "h".repeat(5_000), path, 1, 2);
        assertThat(facts.method()).hasSize(32).endsWith("…");
        assertThat(facts.host()).hasSize(128);
        assertThat(facts.path()).hasSize(256).doesNotContain("hunter2");
        assertThat(RequestFacts.of("GET", null, "/pay?card=4111", 1, 2).path()).isEqualTo("/pay");
    }

    @Test
    void ofManyAttemptsTheFirstOnesAndTheLastAreKept() {
        List<AttemptRecord> many = IntStream.range(0, 20)
                .mapToObj(i -> Sample.refused("10.0.0." + i + ":80"))
                .toList();
        Dossier dossier =
                Sample.dossier("A", Result.FAILED, ProxyError.CONNECTION_REFUSED, many.toArray(AttemptRecord[]::new));
        assertThat(dossier.attempts()).hasSize(Dossier.MAX_ATTEMPTS);
        assertThat(dossier.attempts().getLast().backend()).isEqualTo("10.0.0.19:80");
    }

    @Test
    void firstBytesAreCopiedCutAndPrintedSafely() {
        byte[] received = "SSH-2.0\r\n\u001b[2J\\".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        FirstBytes bytes = FirstBytes.of(received);
        received[0] = 'x';
        assertThat(bytes.escaped()).isEqualTo("SSH-2.0\\r\\n\\x1b[2J\\\\");
        assertThat(FirstBytes.of(new byte[1_000]).size()).isEqualTo(FirstBytes.MAX);
        assertThat(FirstBytes.of("\u0015\u0003").at(0)).isEqualTo(0x15);
        assertThat(FirstBytes.NONE.at(0)).isEqualTo(-1);
    }

    private static Dossier failed(String id) {
        return Sample.dossier(id, Result.FAILED, ProxyError.CONNECTION_REFUSED, Sample.refused("10.0.0.1:80"));
    }

    private List<String> ids() {
        return Collections.unmodifiableList(
                dossiers.matching(all -> true).stream().map(Dossier::id).toList());
    }
}

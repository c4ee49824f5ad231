package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.config.ConfigLoader;
import dev.weir.balancer.config.StrategyCheck;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor says of broken responses what the balancer makes of them: here both get the same ones. */
final class DoctorAgreesWithTheBalancerTest {
    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String TWO = "Content-Length: 2\r\n";

    /** Each closes the connection after it. */
    private static final List<String> RESPONSES = List.of(
            OK + TWO + "\r\nok",
            "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
            "HTTP/2.0 200 OK\r\n" + TWO + "\r\nok",
            "HTTP/1.1 2000 OK\r\n" + TWO + "\r\nok",
            "HTTP/1.1 099 OK\r\n" + TWO + "\r\nok",
            OK + TWO + "hello\r\n\r\nok",
            OK + TWO + "Bad Name: x\r\n\r\nok",
            OK + TWO + "Bad : x\r\n\r\nok",
            OK + TWO + ": x\r\n\r\nok",
            OK + TWO + "X-N: a\0b\r\n\r\nok",
            OK + TWO + "X-N: a\u0001b\r\n\r\nok",
            OK + TWO + "X-N: a\r\n b\r\n\r\nok",
            OK + TWO + "Cache-Control: private\0\r\n\r\nok",
            OK + TWO + "Vary: a\u0001b\r\n\r\nok",
            OK + TWO + "Content-Type: text/\u007fplain\r\n\r\nok",
            OK + TWO + "Cache-Control : private\r\n\r\nok",
            OK + TWO + "Cache Control: private\r\n\r\nok",
            OK + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            OK + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            OK + "Transfer-Encoding: foo\r\n\r\nok",
            OK + "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            OK + TWO + "Content-Length: 3\r\n\r\nok",
            OK + TWO + TWO + "\r\nok",
            OK + "Content-Length: 2x\r\n\r\nok",
            OK + "Content-Length: -5\r\n\r\nok",
            OK + "Content-Length: +2\r\n\r\nok",
            OK + "Transfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n",
            OK + "Transfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n",
            OK + "Transfer-Encoding: chunked\r\n\r\n2\nok\r\n0\r\n\r\n",
            OK + "Content-Length: 100\r\n\r\nonly",
            OK + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
            OK + "\r\nok",
            OK + TWO + "\r\nokJUNK",
            "HTTP/1.1 204 No Content\r\n" + TWO + "\r\n",
            "HTTP/1.1 101 Switching Protocols\r\n\r\n",
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + TWO + "\r\nok",
            "SSH-2.0-OpenSSH_9.2\r\n",
            "HTTP/1.1 200 OK\r\nContent-Le",
            OK + "Content-Length: 2\r\nX-Large: " + "x".repeat(70 * 1024) + "\r\n\r\nok");

    @TempDir
    private Path directory;

    private ServerSocket backend;
    private LoadBalancer balancer;

    @BeforeEach
    void start() throws Exception {
        backend = new ServerSocket(0, 500, InetAddress.ofLiteral("127.0.0.1"));
        Thread.ofVirtual().start(this::accept);
        Path file = Files.writeString(directory.resolve("weir.yaml"), """
                listeners: [{ address: 127.0.0.1:0 }]
                admin: { address: 127.0.0.1:0 }
                access-log: off
                event-loops: 1
                drain: { delay: 0s }
                pools:
                  shop:
                    backends: ['http://127.0.0.1:%d']
                    health: { passive: { consecutive-failures: 0 } }
                    retry: { attempts: 1 }
                """.formatted(backend.getLocalPort()));
        balancer =
                LoadBalancer.start(ConfigLoader.load(file, StrategyCheck.ANY)).await(20, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        balancer.stop().await(20, TimeUnit.SECONDS);
        backend.close();
    }

    private void accept() {
        while (!backend.isClosed()) {
            try {
                Socket socket = backend.accept();
                Thread.ofVirtual().start(() -> answer(socket));
            } catch (IOException _) { // closed
                return;
            }
        }
    }

    /** The path is the number of the response. */
    private static void answer(Socket socket) {
        try (socket;
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
            String first = in.readLine();
            for (String line = first; line != null && !line.isEmpty(); ) {
                line = in.readLine();
            }
            if (first != null) {
                String response = RESPONSES.get(Integer.parseInt(first.replaceAll("^[A-Z]+ /| .*", "")));
                byte[] bytes = response.getBytes(StandardCharsets.ISO_8859_1);
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
                in.readLine(); // until the other side has read all
            }
        } catch (IOException _) { // the other side is gone
        }
    }

    @Test
    void whatTheDoctorCallsAProblemFailsBehindTheBalancerAndNothingElseDoes() throws Exception {
        List<String> failing = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        try (HttpClient client = HttpClient.newHttpClient();
                ExecutorService executor = Executors.newFixedThreadPool(8)) {
            List<Future<Boolean>> examinations = new ArrayList<>();
            for (int i = 0; i < RESPONSES.size(); i++) {
                int number = i;
                examinations.add(executor.submit(() -> isProblem(number)));
                if (fails(client, number)) {
                    failing.add(name(number));
                }
            }
            for (int i = 0; i < RESPONSES.size(); i++) {
                if (examinations.get(i).get(60, TimeUnit.SECONDS)) {
                    problems.add(name(i));
                }
            }
        }
        assertThat(problems).containsExactlyElementsOf(failing);
    }

    private static String name(int number) {
        String response = RESPONSES.get(number).replace("\r", "\\r").replace("\n", "\\n");
        return number + ": " + response.substring(0, Math.min(120, response.length()));
    }

    private boolean isProblem(int number) {
        StringWriter out = new StringWriter();
        Main.commandLine()
                .setOut(new PrintWriter(out))
                .execute(
                        "doctor",
                        "http://127.0.0.1:" + backend.getLocalPort() + "/" + number,
                        "--json",
                        "--no-admin",
                        "--idle-probe=0s",
                        "--requests=1");
        return new JsonObject(out.toString())
                .getJsonArray("stages").stream()
                        .map(JsonObject.class::cast)
                        .filter(stage -> List.of("http", "head-size").contains(stage.getString("stage")))
                        .anyMatch(stage -> stage.getString("severity").equals("problem"));
    }

    private boolean fails(HttpClient client, int number) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + balancer.port(0) + "/" + number))
                .timeout(Duration.ofSeconds(10))
                .build();
        try {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            return response.statusCode() == 502;
        } catch (IOException e) {
            return true;
        }
    }
}

package dev.weir.balancer.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ProxyErrorTest {
    /**
     * The registry of RFC 9209 section 2.3, by hand: type and recommended status. For proxy_internal_response, that is the
     * "most appropriate" one: of a maintenance 503.
     */
    private static final String REGISTRY = """
            dns_timeout 504
            dns_error 502
            destination_not_found 500
            destination_unavailable 503
            destination_ip_prohibited 502
            destination_ip_unroutable 502
            connection_refused 502
            connection_terminated 502
            connection_timeout 504
            connection_read_timeout 504
            connection_write_timeout 504
            connection_limit_reached 503
            tls_protocol_error 502
            tls_certificate_error 502
            tls_alert_received 502
            http_request_error 400
            http_request_denied 403
            http_response_incomplete 502
            http_response_header_section_size 502
            http_response_header_size 502
            http_response_body_size 502
            http_response_trailer_section_size 502
            http_response_trailer_size 502
            http_response_transfer_coding 502
            http_response_content_coding 502
            http_response_timeout 504
            http_upgrade_failed 502
            http_protocol_error 502
            proxy_internal_response 503
            proxy_internal_error 500
            proxy_configuration_error 500
            proxy_loop_detected 502
            """;

    @Test
    void everyTypeOfTheRfcIsThereWithItsRecommendedStatus() {
        Map<String, Integer> expected = new TreeMap<>();
        REGISTRY.lines().map(line -> line.split(" ")).forEach(row -> expected.put(row[0], Integer.parseInt(row[1])));
        Map<String, Integer> actual = new TreeMap<>();
        Arrays.stream(ProxyError.values())
                .filter(error -> error != ProxyError.PROXY_RESOURCES_EXHAUSTED)
                .forEach(error -> actual.put(error.token(), error.status(true)));
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void aLackOfDescriptorsGoesByTheTokenOfAnInternalErrorButIsAMatterOfLoad() {
        assertThat(ProxyError.PROXY_RESOURCES_EXHAUSTED.token()).isEqualTo("proxy_internal_error");
        assertThat(ProxyError.PROXY_RESOURCES_EXHAUSTED.status(false)).isEqualTo(503);
        assertThat(ProxyError.PROXY_RESOURCES_EXHAUSTED.status(true)).isEqualTo(503);
    }

    @Test
    void whateverKeepsEveryBackendFromAnsweringIs502ByDefault() {
        Set<Integer> statuses = new java.util.TreeSet<>();
        for (ProxyError error : ProxyError.values()) {
            if (error.name()
                            .matches(
                                    "(DNS|CONNECTION|TLS|HTTP_RESPONSE|HTTP_UPGRADE|HTTP_PROTOCOL|DESTINATION_(UN|IP)).*")
                    && !error.ownLimit()) {
                statuses.add(error.status(false));
            }
        }
        assertThat(statuses).containsExactlyInAnyOrder(502);
    }

    @Test
    void ownLimitsAndFaultsSaySoUnderBothSettings() {
        for (boolean rfc9209 : new boolean[] {false, true}) {
            assertThat(ProxyError.CONNECTION_LIMIT_REACHED.status(rfc9209)).isEqualTo(503);
            assertThat(ProxyError.PROXY_INTERNAL_ERROR.status(rfc9209)).isEqualTo(500);
            assertThat(ProxyError.HTTP_REQUEST_ERROR.status(rfc9209)).isEqualTo(400);
            assertThat(ProxyError.HTTP_REQUEST_DENIED.status(rfc9209)).isEqualTo(403);
            assertThat(ProxyError.PROXY_LOOP_DETECTED.status(rfc9209)).isEqualTo(502);
            assertThat(ProxyError.PROXY_INTERNAL_RESPONSE.status(rfc9209)).isEqualTo(503);
        }
    }

    @Test
    void aRequestThatNoRouteMatchesIsNotFoundUnlessTheRfcDecides() {
        assertThat(ProxyError.DESTINATION_NOT_FOUND.status(false)).isEqualTo(404);
        assertThat(ProxyError.DESTINATION_NOT_FOUND.status(true)).isEqualTo(500);
    }

    @Test
    void aBackendIsBlamedForWhatItsNextAnswersWillSufferFromToo() {
        assertThat(ProxyError.values())
                .filteredOn(ProxyError::blamesBackend)
                .containsExactlyInAnyOrder(
                        ProxyError.DNS_ERROR,
                        ProxyError.DESTINATION_IP_UNROUTABLE,
                        ProxyError.CONNECTION_REFUSED,
                        ProxyError.CONNECTION_TERMINATED,
                        ProxyError.CONNECTION_TIMEOUT,
                        ProxyError.CONNECTION_READ_TIMEOUT,
                        ProxyError.CONNECTION_WRITE_TIMEOUT,
                        ProxyError.TLS_PROTOCOL_ERROR,
                        ProxyError.TLS_CERTIFICATE_ERROR,
                        ProxyError.TLS_ALERT_RECEIVED,
                        ProxyError.HTTP_RESPONSE_INCOMPLETE,
                        ProxyError.HTTP_RESPONSE_TRANSFER_CODING,
                        ProxyError.HTTP_RESPONSE_CONTENT_CODING,
                        ProxyError.HTTP_RESPONSE_TIMEOUT,
                        ProxyError.HTTP_PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @EnumSource
    void theRemedyIsOneSentence(ProxyError error) {
        assertThat(error.remedy()).matches("[A-Z][^.]*(\\.[a-z_][^.]*)*[.?]").hasSizeLessThan(200);
    }
}

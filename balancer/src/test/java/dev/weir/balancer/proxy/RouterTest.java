package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.config.RouteConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouterTest {
    private static Router<String> router(RouteConfig... routes) {
        return new Router<>(List.of(routes), pool -> pool);
    }

    private static RouteConfig route(String host, String path, String pool) {
        return new RouteConfig(List.of(host), path, pool);
    }

    private static RouteConfig route(String path, String pool) {
        return new RouteConfig(List.of(), path, pool);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shop.example",
                "SHOP.Example",
                "shop.example:8080",
                "shop.example:",
                "shop.example.",
                "shop.example.:8080"
            })
    void aHostIsFoundInAnyCaseWithAnyPortAndWithTheDotOfAFullName(String authority) {
        Router<String> router = router(route("shop.example", "/", "shop"), route("/", "any"));
        assertThat(router.host(authority).find("/")).isEqualTo("shop");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "shop", "other.example", "a.shop.example", "shop.example.com", "xshop.example", "."})
    void aHostThatNoRouteNamesGetsTheRoutesOfAnyHost(String authority) {
        Router<String> router = router(route("shop.example", "/", "shop"), route("/", "any"));
        assertThat(router.host(authority).find("/")).isEqualTo("any");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.shop.example", "b.a.shop.example", "A.SHOP.EXAMPLE:443"})
    void aWildcardStandsForOneOrMoreLabels(String authority) {
        Router<String> router = router(route("*.shop.example", "/", "shop"));
        assertThat(router.host(authority).find("/")).isEqualTo("shop");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop.example", "ashop.example", "shop.example.com"})
    void aWildcardDoesNotStandForNoLabelOrForAPartOfOne(String authority) {
        Router<String> router = router(route("*.shop.example", "/", "shop"));
        assertThat(router.host(authority).find("/")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "www.eu.shop.example,exact",
        "a.eu.shop.example,eu",
        "a.b.eu.shop.example,eu",
        "eu.shop.example,shop",
        "us.shop.example,shop",
        "elsewhere.example,any"
    })
    void theMostSpecificHostWins(String authority, String pool) {
        Router<String> router = router(
                route("/", "any"),
                route("*.shop.example", "/", "shop"),
                route("*.eu.shop.example", "/", "eu"),
                route("www.eu.shop.example", "/", "exact"));
        assertThat(router.host(authority).find("/")).isEqualTo(pool);
    }

    @ParameterizedTest
    @CsvSource({
        "/,root",
        "/ap,root",
        "/api,api",
        "/api/,api",
        "/api?x=/api/v2,api",
        "/api/v1,api",
        "/apis,root",
        "/api/v2,v2",
        "/api/v2/carts,v2",
        "/api/v23,api",
        "/API,root"
    })
    void theLongestPathThatEndsOnASegmentBoundaryWins(String target, String pool) {
        Router<String> router = router(route("/api", "api"), route("/", "root"), route("/api/v2", "v2"));
        assertThat(router.host("shop.example").find(target)).isEqualTo(pool);
    }

    @ParameterizedTest
    @CsvSource({
        "shop.example,/api/carts,shop",
        "shop.example,/,any",
        "www.shop.example,/api,www",
        "www.shop.example,/img/a,below",
        "www.shop.example,/,any",
        "a.www.shop.example,/img/a,below",
        "a.www.shop.example,/api,any"
    })
    void aRequestThatNoRouteOfItsHostMatchesGetsTheRoutesOfALessSpecificOne(String host, String path, String pool) {
        Router<String> router = router(
                route("shop.example", "/api", "shop"),
                route("www.shop.example", "/api", "www"),
                route("*.shop.example", "/img", "below"),
                route("/", "any"));
        assertThat(router.host(host).find(path)).isEqualTo(pool);
    }

    @Test
    void aRequestThatNoRouteMatchesIsFoundNone() {
        Router<String> router = router(route("shop.example", "/api", "shop"), route("/img", "any"));
        assertThat(router.host("shop.example").find("/")).isNull();
    }

    @Test
    void theTargetOfAServerWideOptionsGoesToTheRootOfItsHost() {
        Router<String> router = router(route("/api", "api"), route("/", "root"));
        assertThat(router.host("shop.example").find("*")).isEqualTo("root");
        assertThat(router(route("/api", "api")).host("shop.example").find("*")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[2001:db8::1]", "[2001:db8::1]:8080", "[2001:DB8::1]:80"})
    void anIpv6AddressIsAHostToo(String authority) {
        Router<String> router = router(route("[2001:db8::1]", "/", "six"));
        assertThat(router.host(authority).find("/")).isEqualTo("six");
    }
}

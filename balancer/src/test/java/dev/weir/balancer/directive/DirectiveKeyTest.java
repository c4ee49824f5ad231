package dev.weir.balancer.directive;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DirectiveKeyTest {
    @Test
    void aKeyIsWrittenAndReadAsText() {
        assertThat(DirectiveKey.admin("shop", "[::1]:8080")).hasToString("admin/shop/[::1]:8080");
        assertThat(DirectiveKey.weight("shop", "a.example.:80")).hasToString("weight/shop/a.example.:80");
        assertThat(DirectiveKey.maintenance("shop")).hasToString("maintenance/shop");
        for (DirectiveKey key : new DirectiveKey[] {
            DirectiveKey.admin("shop", "[::1]:8080"), DirectiveKey.weight("a-1", "b:1"), DirectiveKey.maintenance("x")
        }) {
            assertThat(DirectiveKey.parse(key.toString())).isEqualTo(key);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "admin",
                "admin/shop",
                "admin/shop/",
                "admin//a:1",
                "admin/Shop/a:1",
                "maintenance/shop/a:1",
                "admin/shop/a:1/b",
                "admin/shop/a b",
                "priority/shop/a:1",
                "ADMIN/shop/a:1",
                "admin/shop/a:1\n"
            })
    void whatIsNoKeyIsNotRead(String text) {
        assertThat(DirectiveKey.parse(text)).isNull();
    }

    @Property
    void noTextDoesHarm(@ForAll String text) {
        for (String candidate : new String[] {text, "admin/shop/" + text, "maintenance/" + text}) {
            DirectiveKey key = DirectiveKey.parse(candidate);
            if (key != null) {
                assertThat(key).hasToString(candidate);
            }
        }
    }
}

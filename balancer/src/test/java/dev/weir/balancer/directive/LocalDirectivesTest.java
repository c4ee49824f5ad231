package dev.weir.balancer.directive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.balancer.backend.BackendState.Admin;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LocalDirectivesTest {
    private static final DirectiveKey DRAIN = DirectiveKey.admin("shop", "a:1");
    private static final DirectiveKey WEIGHT = DirectiveKey.weight("shop", "a:1");

    private final DirectiveStore store = new LocalDirectives();
    private final List<DirectiveKey> heard = new ArrayList<>();

    @Test
    void theLastOneToWriteWinsAndEveryChangeIsHeardOf() {
        store.listen(heard::addAll);
        store.write(DRAIN, new Directive.OutOfUse(Admin.DRAINING, 1));
        store.write(DRAIN, new Directive.OutOfUse(Admin.DISABLED, 2));
        assertThat(store.find(DRAIN)).isEqualTo(new Directive.OutOfUse(Admin.DISABLED, 2));
        store.remove(DRAIN);
        assertThat(store.find(DRAIN)).isNull();
        assertThat(heard).containsExactly(DRAIN, DRAIN, DRAIN);
    }

    @Test
    void aDrainAndAWeightOfOneBackendLeaveEachOtherAlone() {
        store.write(DRAIN, new Directive.OutOfUse(Admin.DRAINING, 1));
        store.write(WEIGHT, new Directive.Weight(3, 2));
        store.remove(DRAIN);
        assertThat(store.current()).containsOnlyKeys(WEIGHT);
    }

    @Test
    void nobodyHearsOfWhatChangesNothing() {
        store.write(WEIGHT, new Directive.Weight(3, 2));
        store.listen(heard::addAll);
        store.write(WEIGHT, new Directive.Weight(3, 2));
        store.remove(DRAIN);
        assertThat(heard).isEmpty();
    }

    @Test
    void whatWasReadDoesNotChangeAfterwards() {
        var before = store.current();
        store.write(WEIGHT, new Directive.Weight(3, 2));
        assertThat(before).isEmpty();
    }

    @Test
    void aDirectiveDoesNotGoUnderTheKeyOfAnother() {
        assertThatThrownBy(() -> store.write(DRAIN, new Directive.Weight(3, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("admin/shop/a:1");
    }
}

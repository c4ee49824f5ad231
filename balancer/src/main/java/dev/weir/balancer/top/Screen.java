package dev.weir.balancer.top;

import java.io.IOException;
import java.util.List;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.ShutdownHooks;
import org.jspecify.annotations.Nullable;

/** The whole terminal, until {@link #close} gives it back as it was; so does the end of the process, whatever ends it but SIGKILL. */
public final class Screen implements AutoCloseable {
    /** Of terminals that do not tell. */
    private static final Size USUAL = Size.of(80, 24);

    private final Terminal terminal;
    private final Attributes before;
    private final Display display;
    private final Rescue rescue;
    private boolean restored; // guarded by this
    private Size size = Size.of(0, 0);

    /** At the end of the process. JLine closes the terminal then, too: its tasks run in the order in which they were added. */
    private static final class Rescue implements ShutdownHooks.Task {
        private volatile @Nullable Screen screen;

        @Override
        public void run() {
            Screen open = screen;
            if (open != null) {
                open.restore();
            }
        }
    }

    private Screen(Terminal terminal, Rescue rescue) {
        this.terminal = terminal;
        this.display = new Display(terminal, true);
        this.rescue = rescue;
        before = terminal.getAttributes();
        rescue.screen = this;
        terminal.enterRawMode();
        Attributes raw = new Attributes(terminal.getAttributes());
        // Ctrl-C comes as a key. Ctrl-Z, which would leave a raw terminal to the shell, does nothing.
        raw.setLocalFlag(Attributes.LocalFlag.ISIG, false);
        terminal.setAttributes(raw);
        terminal.handle(Signal.WINCH, signal -> {}); // the size is asked for each time
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        terminal.flush();
    }

    /** @throws IOException if there is no terminal, or one that cannot be drawn on; the message is for users */
    static Screen open() throws IOException {
        Rescue rescue = ShutdownHooks.add(new Rescue()); // before the terminal, so that it runs before that is closed
        Terminal terminal = terminal();
        if (terminal.getStringCapability(Capability.cursor_address) == null) {
            ShutdownHooks.remove(rescue);
            terminal.close();
            throw new IOException("a terminal of type " + terminal.getType()
                    + " cannot be drawn on: --once prints one picture, line by line");
        }
        return new Screen(terminal, rescue);
    }

    private static Terminal terminal() throws IOException {
        try {
            return TerminalBuilder.builder()
                    .system(true)
                    .dumb(false)
                    .nativeSignals(true)
                    .build();
        } catch (IllegalStateException e) {
            throw new IOException("there is no terminal: --once prints one picture, line by line", e);
        }
    }

    /** How many columns the terminal of this process has. */
    public static int columns() throws IOException {
        try (Terminal terminal = terminal()) {
            int columns = terminal.getSize().getColumns();
            return columns > 0 ? columns : USUAL.getColumns();
        }
    }

    /** @return whether the terminal has another size now */
    synchronized boolean resized() {
        if (restored) {
            return false; // the process ends
        }
        Size now = terminal.getSize();
        if (now.getColumns() <= 0 || now.getRows() <= 0) {
            now = USUAL;
        }
        if (now.equals(size)) {
            return false;
        }
        size = now;
        display.resize(now);
        display.clear();
        return true;
    }

    /** As of {@link #resized}. */
    int width() {
        return size.getColumns();
    }

    /** As of {@link #resized}. */
    int height() {
        return size.getRows();
    }

    /** Draws what differs from what is there. */
    synchronized void draw(List<AttributedString> lines) {
        if (restored) {
            return; // the process ends
        }
        display.update(lines, size.cursorPos(size.getRows() - 1, 0));
    }

    /** Waits for a key, that long at most. */
    Key key(long millis) throws IOException {
        try {
            return Key.read(terminal.reader()::read, millis);
        } catch (IllegalStateException closed) {
            return Key.QUIT; // the process ends
        }
    }

    private synchronized void restore() {
        if (restored) {
            return;
        }
        restored = true;
        terminal.puts(Capability.exit_ca_mode);
        terminal.puts(Capability.cursor_normal);
        terminal.flush();
        terminal.setAttributes(before);
    }

    @Override
    public void close() throws IOException {
        restore();
        try {
            ShutdownHooks.remove(rescue);
        } catch (IllegalStateException ending) { // it runs, and finds everything done
        }
        terminal.close();
    }
}

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

/** The whole terminal, until {@link #close} gives it back as it was; so does the end of the process, whatever ends it but SIGKILL. */
public final class Screen implements AutoCloseable {
    /** Of terminals that do not tell. */
    private static final Size USUAL = Size.of(80, 24);

    private final Terminal terminal;
    private final Attributes before;
    private final Display display;
    private final Thread rescue = new Thread(this::restore, "weir-top-rescue");
    private boolean restored;
    private Size size = Size.of(0, 0);

    private Screen(Terminal terminal) {
        this.terminal = terminal;
        this.display = new Display(terminal, true);
        Runtime.getRuntime().addShutdownHook(rescue);
        before = terminal.enterRawMode();
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
        Terminal terminal = terminal();
        if (terminal.getStringCapability(Capability.cursor_address) == null) {
            terminal.close();
            throw new IOException("a terminal of type " + terminal.getType()
                    + " cannot be drawn on: --once prints one picture, line by line");
        }
        return new Screen(terminal);
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
    boolean resized() {
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
    void draw(List<AttributedString> lines) {
        display.update(lines, size.cursorPos(size.getRows() - 1, 0));
    }

    /** Waits for a key, that long at most. */
    Key key(long millis) throws IOException {
        return Key.read(terminal.reader()::read, millis);
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
            Runtime.getRuntime().removeShutdownHook(rescue);
        } catch (IllegalStateException ending) { // it runs, and finds everything done
        }
        terminal.close();
    }
}

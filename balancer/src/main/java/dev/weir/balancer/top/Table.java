package dev.weir.balancer.top;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/** Columns as wide as they must be; where that is too much, the least important ones are left out, and nothing wraps. */
final class Table {
    private static final String GAP = "  ";
    private static final String CUT = "\u2026";

    private final List<Column> columns;
    private final int[] widths;

    /**
     * @param rank the higher, the sooner it is left out; 0: never
     * @param right whether its cells are aligned to the right, as figures are
     */
    record Column(String title, int rank, boolean right) {}

    record Cell(String text, AttributedStyle style) {
        static Cell of(String text) {
            return new Cell(text, AttributedStyle.DEFAULT);
        }

        static Cell of(String text, Trouble trouble) {
            return new Cell(text, trouble.style());
        }

        private int width() {
            return new AttributedString(text).columnLength();
        }
    }

    /** @param rows all that the table may be asked for, each with a cell for each column */
    Table(List<Column> columns, List<List<Cell>> rows) {
        this.columns = List.copyOf(columns);
        this.widths = new int[columns.size()];
        boolean[] used = new boolean[columns.size()];
        for (List<Cell> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                int width = row.get(i).width();
                widths[i] = Math.max(widths[i], width);
                used[i] |= width > 0;
            }
        }
        for (int i = 0; i < widths.length; i++) {
            widths[i] = used[i] ? Math.max(widths[i], columns.get(i).title.length()) : 0;
        }
    }

    /** Whether nothing of that rank or a more important one has to be left out. */
    boolean fits(int width, int rank) {
        return width(upTo(rank)) <= width;
    }

    /** How the columns are to be printed within that width. */
    Layout layout(int width) {
        int[] kept = upTo(Integer.MAX_VALUE);
        while (width(kept) > width) {
            int worst = Arrays.stream(kept).map(i -> columns.get(i).rank).max().orElse(0);
            if (worst == 0) {
                break;
            }
            kept = upTo(worst - 1);
        }
        return new Layout(kept, width);
    }

    /** Those that have something in them, up to a rank. */
    private int[] upTo(int rank) {
        return IntStream.range(0, widths.length)
                .filter(i -> widths[i] > 0 && columns.get(i).rank <= rank)
                .toArray();
    }

    private int width(int[] kept) {
        return Arrays.stream(kept).map(i -> widths[i]).sum() + GAP.length() * Math.max(0, kept.length - 1);
    }

    /** The columns that there is room for. */
    final class Layout {
        private final int[] kept;
        private final int width;

        private Layout(int[] kept, int width) {
            this.kept = kept;
            this.width = width;
        }

        AttributedString titles() {
            AttributedStyle style = AttributedStyle.DEFAULT.faint();
            return row(columns.stream()
                    .map(column -> new Cell(column.title, style))
                    .toList());
        }

        AttributedString row(List<Cell> cells) {
            AttributedStringBuilder line = new AttributedStringBuilder();
            for (int at = 0; at < kept.length; at++) {
                Cell cell = cells.get(kept[at]);
                String room = " ".repeat(Math.max(0, widths[kept[at]] - cell.width()));
                boolean last = at == kept.length - 1;
                if (columns.get(kept[at]).right) {
                    line.append(room).append(cell.text, cell.style);
                } else {
                    line.append(cell.text, cell.style).append(last ? "" : room);
                }
                line.append(last ? "" : GAP);
            }
            return cut(line.toAttributedString(), width);
        }
    }

    /** As much of a line as there is room for. */
    static AttributedString cut(AttributedString line, int width) {
        if (line.columnLength() <= width) {
            return line;
        }
        return new AttributedStringBuilder()
                .append(line.columnSubSequence(0, Math.max(0, width - 1)))
                .append(width > 0 ? CUT : "")
                .toAttributedString();
    }
}

package dev.rivulet.benchmarks;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/** Runs the benchmarks that are chosen, one after the other, and writes the page of their results. */
public final class Benchmarks {
    private Benchmarks() {}

    /**
     * Measures and writes, each section as soon as it is known.
     *
     * @param args the page to write; names of parts with commas between, or {@code all}; and optionally a Python
     *     interpreter that has PyTorch Lightning
     */
    public static void main(String[] args) throws Exception {
        Page page = Page.read(Path.of(args[0]));
        String python = args.length > 2 ? args[2].strip() : "";
        for (Part part : Part.choose(args[1])) {
            String circumstances = circumstances();
            String section = part.measure(python).strip() + "\n\n" + circumstances;
            page.put(part, section);
            page.write();
            System.out.println(part.heading() + "\n\n" + section + "\n");
        }
    }

    private static String circumstances() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return String.format(
                Locale.ROOT,
                "*%s; %d cores, %s; JDK %s (%s); load %s before.*",
                LocalDate.now(ZoneOffset.UTC),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                System.getProperty("java.version"),
                System.getProperty("java.vendor"),
                load < 0 ? "unknown" : String.format(Locale.ROOT, "%.1f", load));
    }
}

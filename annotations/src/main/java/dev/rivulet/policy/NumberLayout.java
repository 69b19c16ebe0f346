package dev.rivulet.policy;

/**
 * Puts sign, grouped digits and padding around a formatted number.
 *
 * @param fill code point that pads
 * @param align where the number stands: {@code <}, {@code >}, {@code ^}, or {@code =} for padding behind the sign
 * @param sign {@code +} and blank mark positive numbers too
 * @param width least number of characters, 0 for any
 * @param grouping separator of groups of digits, {@link FormatSpec#NONE} for no grouping
 * @param groupSize digits between separators
 */
record NumberLayout(int fill, char align, char sign, int width, char grouping, int groupSize) {

    /**
     * The number as a string.
     *
     * @param prefix such as {@code 0x}
     * @param digits integer digits, which alone are grouped
     * @param rest decimal point, fraction and exponent; or all of a number without digits, such as {@code nan}
     */
    String layOut(boolean negative, String prefix, String digits, String rest) {
        if (width == 0 && grouping == FormatSpec.NONE) {
            return signOf(negative) + prefix + digits + rest;
        }
        String start = signOf(negative) + prefix;
        int others = start.length() + rest.codePointCount(0, rest.length());
        String grouped = group(digits, fill == '0' && align == '=' ? width - others : 0);
        String padding = Character.toString(fill).repeat(Math.max(0, width - others - grouped.length()));
        String number = grouped + rest;
        return switch (align) {
            case '<' -> start + number + padding;
            case '=' -> start + padding + number;
            case '^' -> centre(start + number, padding);
            default -> padding + start + number;
        };
    }

    private String centre(String number, String padding) {
        int left = padding.offsetByCodePoints(0, padding.codePointCount(0, padding.length()) / 2);
        return padding.substring(0, left) + number + padding.substring(left);
    }

    private String signOf(boolean negative) {
        if (negative) {
            return "-";
        }
        return sign == '+' || sign == ' ' ? String.valueOf(sign) : "";
    }

    /** Inserts separators; zeros that pad to the width are grouped like digits, and a separator never comes first. */
    private String group(String digits, int minWidth) {
        if (digits.isEmpty()) {
            return "";
        }
        if (grouping == FormatSpec.NONE) {
            return "0".repeat(Math.max(0, minWidth - digits.length())) + digits;
        }
        StringBuilder reversed = new StringBuilder();
        int digitsInGroup = 0;
        for (int next = digits.length() - 1; next >= 0 || reversed.length() < minWidth; next--) {
            if (digitsInGroup == groupSize) {
                reversed.append(grouping);
                digitsInGroup = 0;
            }
            reversed.append(next >= 0 ? digits.charAt(next) : '0');
            digitsInGroup++;
        }
        return reversed.reverse().toString();
    }
}

package org.wirescale.model;

/** A UDP or TCP port, 1 to 65535. */
public record Port(int number) {
    public Port {
        if (number < 1 || number > 65535) {
            throw WirescaleException.of(ModelReason.PORT, "text", number);
        }
    }

    /**
     * @throws WirescaleException with {@link ModelReason#PORT}
     */
    public static Port parse(String text) {
        if (!text.matches("[0-9]{1,5}")) {
            throw WirescaleException.of(ModelReason.PORT, "text", text);
        }
        return new Port(Integer.parseInt(text));
    }

    @Override
    public String toString() {
        return Integer.toString(number);
    }
}

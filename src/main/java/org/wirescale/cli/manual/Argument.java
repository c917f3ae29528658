package org.wirescale.cli.manual;

import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * What stands on a command's line without dashes.
 *
 * @param many whether there may be several
 */
record Argument(String label, boolean many, Words words, String text) {
    static Argument of(String command, PositionalParamSpec argument) {
        return new Argument(
                argument.paramLabel(),
                argument.arity().max() > 1,
                Words.of(command, argument),
                Texts.of(argument.description()));
    }
}

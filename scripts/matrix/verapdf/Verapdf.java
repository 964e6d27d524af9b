// SPDX-License-Identifier: Apache-2.0 OR MIT

import java.io.File;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.RuleId;

/** A line for each file: its flavour by its own word, whether it keeps its rules, and how often each is broken. */
class Verapdf {
  public static void main(String[] files) {
    Logger.getLogger("").setLevel(Level.OFF);
    VeraGreenfieldFoundryProvider.initialise();
    for (String file : files) {
      try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(file))) {
        PDFAFlavour flavour = parser.getFlavour();
        PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false);
        ValidationResult result = validator.validate(parser);
        Map<String, Integer> broken = new TreeMap<>();
        for (TestAssertion assertion : result.getTestAssertions()) {
          if (assertion.getStatus() == TestAssertion.Status.FAILED) {
            RuleId rule = assertion.getRuleId();
            broken.merge(rule.getClause() + "-" + rule.getTestNumber(), 1, Integer::sum);
          }
        }
        System.out.println(flavour.getId() + "\t" + result.isCompliant() + "\t" + broken);
      } catch (Exception e) {
        System.out.println("?\tfalse\t" + String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
      }
    }
  }
}

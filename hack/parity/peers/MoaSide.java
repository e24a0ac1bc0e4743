import com.github.javacliparser.Option;
import com.yahoo.labs.samoa.instances.Instance;
import moa.classifiers.Classifier;
import moa.core.TimingUtils;
import moa.core.Utils;
import moa.options.ClassOption;
import moa.streams.ArffFileStream;

/**
 * Tests, then trains, a learner of MOA on an ARFF file and prints one line of JSON: what its own task EvaluatePrequential does, but
 * with a seed for the learner, which no option of that task sets. The class that MOA itself would count is the first of the highest
 * votes.
 *
 * Arguments: the learner as MOA's options write it, the file, the seed, the most rows to read (0 for all), and "regression" or
 * "classification".
 */
public class MoaSide {
    public static void main(String[] arguments) throws Exception {
        int limit = Integer.parseInt(arguments[3]);
        Classifier learner = (Classifier) ClassOption.cliStringToObject(arguments[0], Classifier.class, new Option[0]);
        ArffFileStream stream = new ArffFileStream(arguments[1], -1);
        stream.prepareForUse();
        learner.setModelContext(stream.getHeader());
        learner.setRandomSeed(Integer.parseInt(arguments[2]));
        learner.prepareForUse();
        boolean regression = arguments[4].equals("regression");
        long begin = TimingUtils.getNanoCPUTimeOfCurrentThread();
        int rows = 0, right = 0;
        double absolute = 0, squares = 0;
        while (stream.hasMoreInstances() && (limit == 0 || rows < limit)) {
            Instance row = stream.nextInstance().getData();
            double[] votes = learner.getVotesForInstance(row);
            if (regression) {
                double difference = (votes.length > 0 ? votes[0] : 0) - row.classValue();
                absolute += Math.abs(difference);
                squares += difference * difference;
            } else if (Utils.maxIndex(votes) == (int) row.classValue()) {
                right++;
            }
            learner.trainOnInstance(row);
            rows++;
        }
        double seconds = (TimingUtils.getNanoCPUTimeOfCurrentThread() - begin) / 1e9;
        String figures = regression
            ? "\"mae\":" + absolute / rows + ",\"rmse\":" + Math.sqrt(squares / rows)
            : "\"accuracy\":" + (double) right / rows;
        System.out.println("{\"counted\":" + rows + ",\"seconds\":" + seconds + ",\"figures\":{" + figures + "}}");
    }
}

"""Learn a topic with River behind confluent-kafka, and print the seconds of wall clock and of processor as one line of JSON.

Arguments: brokers, topic, records, learner (LR or HT). Each record is predicted, measured and learned, as Creek does.
"""

import json
import sys
import time

from confluent_kafka import Consumer, TopicPartition
from river import linear_model, metrics, optim, preprocessing, tree

LEARNERS = {
    "LR": lambda: preprocessing.StandardScaler() | linear_model.LogisticRegression(optim.SGD(0.005)),
    "HT": lambda: tree.HoeffdingTreeClassifier(),
}


def main():
    brokers, topic, wanted, name = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    model, accuracy = LEARNERS[name](), metrics.Accuracy()
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "river", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, 0, 0)])
    consumer.consume(1, timeout=30)
    consumer.seek(TopicPartition(topic, 0, 0))
    seen, wall, processor = 0, time.perf_counter(), time.process_time()
    while seen < wanted:
        for message in consumer.consume(min(1000, wanted - seen), timeout=5):
            if message.error():
                raise RuntimeError(message.error())
            row = json.loads(message.value())
            y = row.pop("class") == "UP"
            accuracy.update(y, model.predict_one(row))
            model.learn_one(row, y)
            seen += 1
    print(json.dumps({
        "records": seen, "seconds": time.perf_counter() - wall, "processor": time.process_time() - processor, "accuracy": accuracy.get(),
    }))


main()

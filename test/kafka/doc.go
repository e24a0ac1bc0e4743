// Package kafka holds what Creek relies on and guards against in Kafka, each shown on real brokers that the tests start (make kafka-truths):
//
//	records deleted before they were read    TestRecordsDeletedBeforeTheyWereReadStopTheTraining, …AreLeftOut (by retention itself)
//	a topic made anew, refilled or empty     TestTopicMadeAnewAndRefilled, TestTopicMadeAnewAndEmpty
//	partitions added, partitions idle        TestPartitionsAddedWhileTraining, TestIdlePartitions
//	compacted topics                         TestCompactedTopicIsRefused, TestCompactedTopicIsLearnedWhereAllowed
//	transactions: markers, aborted, open     TestTransactionMarkers, TestAbortedTransactionsAreNotLearned, TestOpenTransactionHoldsBackWhatFollows
//	leaders that move, brokers that restart  TestBrokersThatFail/leaders_move
//	a broker that hangs                      TestBrokersThatFail/one_hangs
//	a record larger than a fetch             TestRecordLargerThanAFetch
//	records without a value                  TestNullValuesAreDeadLetters
//	codecs                                   TestCodecs
//	SASL, TLS, certificates of clients       TestCredentials, TestTLS, TestMutualTLS
//	passwords that change                    TestRotatedCredentials
//	lag                                      TestTransactionMarkers, TestOpenTransactionHoldsBackWhatFollows, TestIdlePartitions
//	retention, settings that are hidden      TestUnsavedWorkIsBoundedByRetention, TestTrainingWithoutTheRightToSeeSettings, TestPolicies
//	topics of dead letters                   TestDeadLettersLargerThanTheirTopicTakes, TestMissingDeadLetterTopic
//	consumer groups                          TestCommitNeverGoesBackwards, TestConsumerGroupFollowsCheckpoints, TestConsumerGroupWithoutTheRight
//
// Where a training reaches the end of its topic, a clean replay of its history comes to the same model.
package kafka

package main

var bayesGroups = []group{
	{
		section: "Bayes", title: "Gaussian naive Bayes", algorithm: "GaussianNB",
		peer: river, expression: "naive_bayes.GaussianNB()", on: []string{"elec2", "phishing", "bananas", "segments", "sea", "sea-missing", "hyperplane", "rbf", "led"},
	},
	{
		section: "Bayes", title: "Gaussian naive Bayes", algorithm: "GaussianNB",
		kind: figure, peer: moa, expression: "bayes.NaiveBayes", on: classData,
	},
	{
		section: "Bayes", title: "Multinomial naive Bayes", algorithm: "MultinomialNB",
		peer: river, expression: "naive_bayes.MultinomialNB()", on: []string{"elec2", "phishing", "sea", "led:5000"},
	},
	{
		section: "Bayes", title: "Bernoulli naive Bayes", algorithm: "BernoulliNB",
		peer: river, expression: "naive_bayes.BernoulliNB()", on: []string{"elec2:5000", "phishing", "segments", "sea:5000", "led:5000"},
	},
}

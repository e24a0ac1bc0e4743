package main

import "creek.dev/creek/trainer/online"

var (
	binaryData     = []string{"elec2", "phishing", "bananas", "sea", "hyperplane"}
	classData      = []string{"elec2", "phishing", "bananas", "segments", "sea", "rbf"}
	regressionData = []string{"trump", "chick", "friedman"}
)

// scaler stands before River's linear models as StandardScaler does before Creek's.
const scaler = "preprocessing.StandardScaler() | "

var linearGroups = []group{
	{
		section: "Linear models", title: "Logistic regression, rate 0.005", algorithm: "LogisticRegression", parameters: "learningRate=0.005",
		steps: scaled, peer: river, expression: scaler + "linear_model.LogisticRegression(optim.SGD(.005))",
		on: []string{"elec2", "phishing", "bananas", "sea", "sea-missing"},
	},
	{
		section: "Linear models", title: "Logistic regression", algorithm: "LogisticRegression",
		steps: scaled, peer: river, expression: scaler + "linear_model.LogisticRegression()", on: binaryData,
	},
	{
		section: "Linear models", title: "Logistic regression, ridge", algorithm: "LogisticRegression",
		parameters: "l2=0.01 learningRate=0.05 interceptLearningRate=0.02 clipGradient=0.3", steps: scaled, peer: river,
		expression: scaler + "linear_model.LogisticRegression(optim.SGD(.05), l2=.01, intercept_lr=.02, clip_gradient=.3)", on: binaryData,
	},
	{
		section: "Linear models", title: "Logistic regression, lasso", algorithm: "LogisticRegression", parameters: "l1=0.001", steps: scaled,
		peer: river, expression: scaler + "linear_model.LogisticRegression(l1=.001)", on: binaryData,
	},
	{
		section: "Linear models", title: "Logistic regression, AdaGrad", algorithm: "LogisticRegression", parameters: "optimizer=AdaGrad",
		steps: scaled, peer: river, expression: scaler + "linear_model.LogisticRegression(optim.AdaGrad(.1))", on: binaryData,
	},
	{
		section: "Linear models", title: "Logistic regression, FTRL", algorithm: "LogisticRegression", parameters: "optimizer=FTRL",
		kind: figure, steps: scaled, peer: river, expression: scaler + "linear_model.LogisticRegression(optim.FTRLProximal())", on: binaryData,
		why: "Creek's is the paper's; River's predicts by weights that lag one step behind and never sets one to 0 again.",
	},
	{
		section: "Linear models", title: "Logistic regression, adaptive", algorithm: "LogisticRegression", parameters: "optimizer=Adaptive",
		kind: figure, peer: vw, expression: "--loss_function logistic --binary", on: binaryData,
	},
	{
		section: "Linear models", title: "Linear regression", algorithm: "LinearRegression", task: online.TaskRegression,
		steps: scaled, peer: river, expression: scaler + "linear_model.LinearRegression()", on: regressionData,
	},
	{
		section: "Linear models", title: "Linear regression, ridge", algorithm: "LinearRegression", task: online.TaskRegression, parameters: "l2=1",
		steps: scaled, peer: river, expression: scaler + "linear_model.LinearRegression(l2=1)", on: regressionData,
	},
	{
		section: "Linear models", title: "Linear regression, AdaGrad", algorithm: "LinearRegression", task: online.TaskRegression,
		parameters: "optimizer=AdaGrad", steps: scaled, peer: river,
		expression: scaler + "linear_model.LinearRegression(optim.AdaGrad(.1))", on: regressionData,
	},
	{
		section: "Linear models", title: "Linear regression, adaptive", algorithm: "LinearRegression", task: online.TaskRegression,
		parameters: "optimizer=Adaptive", kind: figure, peer: vw, expression: "--loss_function squared", on: regressionData,
	},
	{
		section: "Linear models", title: "Softmax regression", algorithm: "SoftmaxRegression",
		steps: scaled, peer: river, expression: scaler + "linear_model.SoftmaxRegression()", on: classData,
	},
	{
		section: "Linear models", title: "One against the rest", algorithm: "OneVsRest", base: &online.Base{Algorithm: "LogisticRegression"},
		steps: scaled, peer: river, expression: scaler + "multiclass.OneVsRestClassifier(linear_model.LogisticRegression())",
		on: []string{"segments"},
	},
	{
		section: "Linear models", title: "Passive-Aggressive I", algorithm: "PassiveAggressive", parameters: "mode=1",
		steps: scaled, peer: river, expression: scaler + "linear_model.PAClassifier()", on: binaryData,
	},
	{
		section: "Linear models", title: "Passive-Aggressive II", algorithm: "PassiveAggressive", parameters: "mode=2 c=0.1",
		steps: scaled, peer: river, expression: scaler + "linear_model.PAClassifier(C=.1, mode=2)", on: binaryData,
	},
	{
		section: "Linear models", title: "Passive-Aggressive regression", algorithm: "PassiveAggressive", task: online.TaskRegression,
		kind: figure, steps: scaled, peer: river, expression: scaler + "linear_model.PARegressor()", on: regressionData,
		why: "River measures the loss from 2y−1 instead of y.",
	},
	{
		section: "Linear models", title: "ALMA", algorithm: "ALMA",
		steps: scaled, peer: river, expression: scaler + "linear_model.ALMAClassifier()", on: binaryData,
	},
	{
		section: "Linear models", title: "Perceptron", algorithm: "Perceptron",
		steps: scaled, peer: river, expression: scaler + "linear_model.Perceptron()", on: binaryData,
	},
}

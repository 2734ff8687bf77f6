"""The same line by a model class, a loss module and an optimizer; the loss is drawn."""

import matplotlib.pyplot as plt
import torch

torch.manual_seed(42)
x_data = torch.Tensor([[1.0], [2.0], [3.0], [4.0]])
y_data = torch.Tensor([[2.0], [4.0], [6.0], [8.0]])


class LinearModel(torch.nn.Module):
    def __init__(self):
        super(LinearModel, self).__init__()
        self.linear = torch.nn.Linear(1, 1)

    def forward(self, x):
        y_pred = self.linear(x)
        return y_pred


model = LinearModel()
criterion = torch.nn.MSELoss(reduction="sum")
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
print(model)

losses = []
for epoch in range(100):
    y_pred = model(x_data)
    loss = criterion(y_pred, y_data)
    if epoch % 20 == 0:
        print(epoch, round(loss.item(), 5))
    losses.append(loss.item())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

print(f"w = {model.linear.weight.item():.5f}")
print(f"b = {model.linear.bias.item():.5f}")
x_test = torch.Tensor([[5.0]])
y_test = model(x_test)
print("y_pred = ", y_test.data)
plt.plot(range(100), losses)
plt.xlabel("epoch")
plt.ylabel("loss")
plt.grid()
plt.show()
